internal import Model

/// What a dyno's process finds in its environment. Source: heroku-platform.md §3.
enum DynoEnvironment {
    static func of(_ name: DynoName, in app: App, blueprint: Blueprint) -> [String: String] {
        var environment = blueprint.release.config.revealed
        environment["DYNO"] = "\(name)"
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
}
