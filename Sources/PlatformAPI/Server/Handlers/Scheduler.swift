internal import APISchema
internal import HTTP
internal import Model
internal import Platform

extension APIServer {
    /// On Heroku the jobs exist in a dashboard only. Source: platform-api.md, "Heroku Scheduler".
    static let schedulerRoutes: [Route] = [
        Route("GET", "paas/v1/apps/:app/scheduler/jobs") { call in
            let app = try await call.app()
            let jobs = try await call.platform.scheduledJobs(of: app)
            let runs = try await call.platform.scheduledRuns(of: app)
            let now = call.platform.now()
            return try .ok(jobs.map { ScheduledJobResource($0, runs: runs, now: now) })
        },
        Route("POST", "paas/v1/apps/:app/scheduler/jobs") { call in
            let body = try call.body(ScheduledJobCreate.self)
            let job = try await call.platform.addScheduledJob(
                body.command, every: body.schedule, size: body.size, to: try await call.app())
            return try .ok(ScheduledJobResource(job, runs: [], now: call.platform.now()), status: 201)
        },
        Route("DELETE", "paas/v1/apps/:app/scheduler/jobs/:job") { call in
            let job = try await call.platform.scheduledJob(call.parameter("job"), of: try await call.app())
            try await call.platform.remove(job)
            return try .ok(ScheduledJobResource(job, runs: [], now: call.platform.now()))
        },
        Route("POST", "paas/v1/apps/:app/scheduler/jobs/:job/runs") { call in
            let job = try await call.platform.scheduledJob(call.parameter("job"), of: try await call.app())
            return try .ok(ScheduledRunResource(try await call.platform.runNow(job), of: job), status: 201)
        },
        Route("GET", "paas/v1/apps/:app/scheduler/runs") { call in
            let app = try await call.app()
            let jobs = try await call.platform.scheduledJobs(of: app)
            let runs = try await call.platform.scheduledRuns(of: app)
            var wanted = Set(jobs.map(\.id))
            if let text = call.request.query["job"] {
                wanted = [try await call.platform.scheduledJob(text, of: app).id]
            }
            return try .ok(
                runs.filter { wanted.contains($0.job) }.compactMap { run in
                    jobs.first { $0.id == run.job }.map { ScheduledRunResource(run, of: $0) }
                })
        },
    ]
}

extension ScheduledJobResource {
    fileprivate init(_ job: ScheduledJob, runs: [ScheduledRun], now: Timestamp) {
        self.init(
            command: job.command, createdAt: job.createdAt.iso8601, id: "\(job.id)", frequency: job.schedule.words,
            lastRun: runs.first { $0.job == job.id }.map { ScheduledRunResource($0, of: job) },
            nextRuns: job.schedule.next(5, after: now).map(\.iso8601), number: job.number,
            schedule: job.schedule.text, size: job.size?.name)
    }
}

extension ScheduledRunResource {
    fileprivate init(_ run: ScheduledRun, of job: ScheduledJob) {
        self.init(
            command: job.command, dueAt: run.due?.iso8601, dyno: run.dyno.map { "\($0)" },
            endedAt: run.endedAt?.iso8601, id: "\(run.id)", job: job.number, missed: run.missed,
            startedAt: run.startedAt.iso8601, state: "running")
        switch run.outcome {
        case .running: break
        case .ended(let status):
            state = "ended"
            exitStatus = Int(status)
        case .failed(let reason):
            state = "failed"
            self.reason = reason
        case .lost(let reason):
            state = "lost"
            self.reason = reason
        }
    }
}
