package import Model

/// What Heroku Postgres refuses.
package enum PostgresError: Explained {
    case noSuchOption(String)

    package var explanation: Explanation {
        switch self {
        case .noSuchOption(let option):
            Explanation(
                "Couldn't make the database", because: "heroku-postgresql has no option --\(option) here.",
                mend: [
                    "paas addons:create heroku-postgresql",
                    "paas addons:create heroku-postgresql -- --fork DATABASE_URL",
                ])
        }
    }
}
