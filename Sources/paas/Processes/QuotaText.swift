import APISchema

/// What `ps` says of the month's Eco dyno-hours. Source: heroku-cli.md §4.1.
enum QuotaText {
    static func lines(_ quota: AccountQuota, app: String) -> [String] {
        let remaining = max(0, quota.accountQuota - quota.quotaUsed)
        let used = quota.apps.first { $0.appUUID == app }?.quotaUsed ?? 0
        func share(_ seconds: Int) -> Int { quota.accountQuota == 0 ? 0 : seconds * 100 / quota.accountQuota }
        func time(_ seconds: Int) -> String { "\(seconds / 3600)h \(seconds / 60 % 60)m" }
        return [
            "Eco dyno hours quota remaining this month: \(time(remaining)) (\(share(remaining))%)",
            "Eco dyno usage for this app: \(time(used)) (\(share(used))%)",
            "For more information on Eco dyno hours, see:", "https://devcenter.heroku.com/articles/eco-dyno-hours", "",
        ]
    }
}
