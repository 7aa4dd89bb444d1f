/// The account's Eco dyno-hours of this month, in seconds.
///
/// Source: `heroku/cli:src/commands/ps/index.ts`; the published schema does not have it.
package struct AccountQuota: Codable, Sendable, Equatable {
    package struct AppQuota: Codable, Sendable, Equatable {
        package var appUUID: String
        package var quotaUsed: Int

        package init(
            appUUID: String, quotaUsed: Int
        ) {
            self.appUUID = appUUID
            self.quotaUsed = quotaUsed
        }

        private enum CodingKeys: String, CodingKey {
            case appUUID = "app_uuid"
            case quotaUsed = "quota_used"
        }
    }

    package var accountQuota: Int
    package var quotaUsed: Int
    package var apps: [AppQuota]

    package init(
        accountQuota: Int, quotaUsed: Int, apps: [AppQuota]
    ) {
        self.accountQuota = accountQuota
        self.quotaUsed = quotaUsed
        self.apps = apps
    }

    private enum CodingKeys: String, CodingKey {
        case apps
        case accountQuota = "account_quota"
        case quotaUsed = "quota_used"
    }
}
