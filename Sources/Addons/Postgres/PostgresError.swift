package import Model

/// What Heroku Postgres refuses.
package enum PostgresError: Explained {
    case noSuchOption(String)
    /// The databases were in that folder, which is not there any more.
    case lostData(String)

    package var explanation: Explanation {
        switch self {
        case .lostData(let folder):
            Explanation(
                "The data of heroku-postgresql are gone", because: "They were in \(folder)/data, which is not there.",
                mend: [
                    "Put the folder back, from where it has gone to", "paas addons:destroy NAME  # each that was in it",
                    "rm -r \(folder)  # when they do not come back: what is made then begins anew",
                ], id: .unavailable)
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
