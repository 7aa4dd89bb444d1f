internal import Model

/// What a dyno's process finds in its environment. Source: heroku-platform.md §3.
enum DynoEnvironment {
    static func of(_ name: DynoName, in app: App, blueprint: Blueprint) -> [String: String] {
        var environment = blueprint.release.config.revealed
        environment["DYNO"] = "\(name)"
        // Some apps take a URL apart and drop its port.
        if environment["PGPORT"] == nil, let port = environment["DATABASE_URL"].flatMap(unusualPort) {
            environment["PGPORT"] = port
        }
        guard app.has(.runtimeDynoMetadata) else { return environment }
        environment["HEROKU_APP_ID"] = "\(app.id)"
        environment["HEROKU_APP_NAME"] = app.name.text
        environment["HEROKU_APP_DEFAULT_DOMAIN_NAME"] = "\(app.name).localhost"
        environment["HEROKU_RELEASE_CREATED_AT"] = blueprint.release.createdAt.iso8601
        environment["HEROKU_RELEASE_VERSION"] = "v\(blueprint.release.version)"
        if let commit = blueprint.slug.commit {
            environment["HEROKU_SLUG_COMMIT"] = commit
            environment["HEROKU_BUILD_COMMIT"] = commit
            environment["HEROKU_SLUG_DESCRIPTION"] = "Deploy \(commit.prefix(8))"
            environment["HEROKU_BUILD_DESCRIPTION"] = "Deploy \(commit.prefix(8))"
        }
        return environment
    }

    /// The port of a database of this machine's, unless it is the one that everybody expects.
    private static func unusualPort(_ url: String) -> String? {
        guard url.hasPrefix("postgres://"), let place = url.firstRange(of: "@127.0.0.1:") else { return nil }
        let port = url[place.upperBound...].prefix { $0.isNumber }
        return port.isEmpty || port == "5432" ? nil : String(port)
    }
}
