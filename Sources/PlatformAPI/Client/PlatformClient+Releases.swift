package import APISchema

/// Releases and builds.
extension PlatformClient {
    /// The newest first.
    package func releases(of app: String, newest count: Int) async throws -> [ReleaseResource] {
        let releases: [ReleaseResource] = try await call(
            "GET", ["apps", app, "releases"], range: Self.newest(count))
        return Array(releases.sorted { $0.version > $1.version }.prefix(count))
    }

    /// The value of a `Range` header that asks for the newest.
    package static func newest(_ count: Int) -> String { "version ..; max=\(count), order=desc" }

    /// - Parameter version: a number or an id.
    package func release(_ version: String, of app: String) async throws -> ReleaseResource {
        try await call("GET", ["apps", app, "releases", version])
    }

    package func configVars(ofRelease version: String, of app: String) async throws -> ConfigVarsResource {
        try await call("GET", ["apps", app, "releases", version, "config-vars"])
    }

    /// - Returns: the new release.
    package func rollBack(_ app: String, to releaseID: String) async throws -> ReleaseResource {
        try await call("POST", ["apps", app, "releases"], body: ReleaseCreate(release: releaseID))
    }

    /// Runs a kept release again.
    package func retry(_ version: String, of app: String) async throws -> PushEventStream {
        try await events(["paas", "v1", "apps", app, "releases", version, "retry"], body: nil)
    }

    package func push(_ request: PushRequest, to app: String) async throws -> PushEventStream {
        try await events(["paas", "v1", "apps", app, "pushes"], body: request)
    }

    package func builds(of app: String) async throws -> [BuildResource] { try await list(["apps", app, "builds"]) }

    package func build(_ id: String, of app: String) async throws -> BuildResource {
        try await call("GET", ["apps", app, "builds", id])
    }

    package func purgeBuildCache(of app: String) async throws {
        try await perform("DELETE", ["apps", app, "build-cache"])
    }
}
