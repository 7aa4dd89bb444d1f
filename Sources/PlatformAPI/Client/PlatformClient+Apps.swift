package import APISchema

/// Apps and what belongs to them. `app` is a name or an id everywhere.
extension PlatformClient {
    package func apps() async throws -> [AppResource] { try await list(["apps"]) }

    package func app(_ app: String) async throws -> AppResource { try await call("GET", ["apps", app]) }

    package func createApp(_ body: AppCreate) async throws -> AppResource {
        try await call("POST", ["apps"], body: body)
    }

    package func updateApp(_ app: String, _ body: AppUpdate) async throws -> AppResource {
        try await call("PATCH", ["apps", app], body: body)
    }

    package func destroyApp(_ app: String) async throws { try await perform("DELETE", ["apps", app]) }

    package func repository(of app: String) async throws -> Repository {
        try await call("GET", ["paas", "v1", "apps", app, "repository"])
    }

    package func configVars(of app: String) async throws -> ConfigVarsResource {
        try await call("GET", ["apps", app, "config-vars"])
    }

    /// - Returns: all config vars after the change.
    package func updateConfigVars(of app: String, _ changes: ConfigVarsUpdate) async throws -> ConfigVarsResource {
        try await call("PATCH", ["apps", app, "config-vars"], body: changes)
    }

    package func features(of app: String) async throws -> [AppFeatureResource] {
        try await call("GET", ["apps", app, "features"])
    }

    package func feature(_ name: String, of app: String) async throws -> AppFeatureResource {
        try await call("GET", ["apps", app, "features", name])
    }

    package func setFeature(_ name: String, of app: String, enabled: Bool) async throws {
        try await perform("PATCH", ["apps", app, "features", name], body: AppFeatureUpdate(enabled: enabled))
    }

    package func buildpacks(of app: String) async throws -> [BuildpackInstallationResource] {
        try await call("GET", ["apps", app, "buildpack-installations"])
    }

    package func setBuildpacks(of app: String, _ buildpacks: [String]) async throws -> [BuildpackInstallationResource] {
        let updates = buildpacks.map { BuildpackInstallationUpdate(buildpack: $0) }
        return try await call(
            "PUT", ["apps", app, "buildpack-installations"], body: BuildpackInstallationsUpdate(updates: updates))
    }
}
