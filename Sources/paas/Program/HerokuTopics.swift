/// The topics of Heroku's CLI, so that a command of it that is not here is told from a slip of the finger.
/// Source: heroku-cli.md §19.
enum HerokuTopics {
    private static let topics: Set<String> = [
        "2fa", "access", "accounts", "addons", "ai", "apps", "auth", "authorizations", "autocomplete", "base", "builds",
        "buildpacks", "certs", "ci", "clients", "commands", "config", "console", "container", "data", "dashboard",
        "domains", "drains", "dyno", "features", "git", "join", "keys", "labs", "leave", "local", "lock", "logs",
        "maintenance", "mcp", "members", "notifications", "orgs", "pg", "pipelines", "plugins", "ps", "psql", "rake",
        "redis", "releases", "repl", "reviewapps", "run", "search", "sessions", "spaces", "stack", "teams", "telemetry",
        "twofactor", "unlock", "update", "usage", "webhooks", "which",
    ]

    /// Topics of ours too: only a name below them is a Heroku command.
    private static let shared: Set<String> = [
        "addons", "apps", "auth", "autocomplete", "buildpacks", "builds", "certs", "config", "domains", "dyno",
        "features", "git", "labs", "local", "logs", "maintenance", "pg", "ps", "redis", "releases", "run", "stack",
    ]

    /// Names below ``shared`` topics that Heroku has.
    private static let below: Set<String> = [
        "apps:diff", "apps:errors", "apps:favorites", "apps:join", "apps:leave", "apps:lock", "apps:stacks",
        "apps:stacks:set", "apps:transfer", "apps:unlock", "auth:2fa", "buildpacks:info", "buildpacks:search",
        "buildpacks:versions", "builds:cancel", "builds:create", "certs:chain", "certs:key", "dyno:autoscale",
        "git:credentials", "pg:backups:schedule", "pg:backups:schedules", "pg:backups:unschedule", "pg:bloat",
        "pg:blocking", "pg:cache-hit", "pg:connection-pooling:attach", "pg:credentials:create",
        "pg:credentials:destroy", "pg:credentials:repair-default", "pg:diagnose", "pg:index-usage", "pg:links",
        "pg:long-running-queries", "pg:maintenance", "pg:records-rank", "pg:seq-scans", "pg:settings", "pg:stats",
        "pg:table-size", "pg:total-index-size", "pg:unfollow", "pg:unused-indexes", "pg:upgrade", "pg:vacuum-stats",
        "ps:autoscale", "ps:autoscale:disable", "ps:autoscale:enable", "ps:copy", "ps:forward", "ps:socks",
        "redis:keyspace-notifications", "redis:maintenance", "redis:stats-reset", "redis:upgrade", "stack:set",
    ]

    /// - Returns: the Heroku command that the words ask for; `nil` when Heroku has none either.
    static func name(of words: [String]) -> String? {
        guard let first = words.first, let topic = first.split(separator: ":").first.map(String.init),
            topics.contains(topic)
        else { return nil }
        let joined = first.contains(":") ? first : words.prefix(2).joined(separator: ":")
        guard shared.contains(topic) else { return first.contains(":") ? first : topic }
        return below.contains(joined) ? joined : below.contains(first) ? first : nil
    }
}
