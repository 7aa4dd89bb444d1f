package import APISchema

/// An app's scheduled jobs. `job` is a number, an id or a whole command.
extension PlatformClient {
    package func scheduledJobs(of app: String) async throws -> [ScheduledJobResource] {
        try await call("GET", ["paas", "v1", "apps", app, "scheduler", "jobs"])
    }

    package func addScheduledJob(_ body: ScheduledJobCreate, to app: String) async throws -> ScheduledJobResource {
        try await call("POST", ["paas", "v1", "apps", app, "scheduler", "jobs"], body: body)
    }

    package func removeScheduledJob(_ job: String, of app: String) async throws -> ScheduledJobResource {
        try await call("DELETE", ["paas", "v1", "apps", app, "scheduler", "jobs", job])
    }

    package func runScheduledJob(_ job: String, of app: String) async throws -> ScheduledRunResource {
        try await call("POST", ["paas", "v1", "apps", app, "scheduler", "jobs", job, "runs"])
    }

    /// Newest first; of one job only where it is given.
    package func scheduledRuns(of app: String, job: String? = nil) async throws -> [ScheduledRunResource] {
        try await call(
            "GET", ["paas", "v1", "apps", app, "scheduler", "runs"], query: job.map { ["job": $0] } ?? [:])
    }
}
