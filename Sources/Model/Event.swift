/// One change of the platform's state, kept for webhooks, the dashboard's live view and audit.
package struct Event: Sendable, Equatable {
    /// Grows with every event of the platform and is never used again; 0 before the event is recorded.
    package let sequence: Int64
    package let time: Timestamp
    /// E-mail of the account that caused it.
    package let actor: String
    /// The app it happened to; `nil` for what belongs to the platform. The app may be gone by now.
    package let app: AppID?
    /// The kind of thing that changed, as the API calls it: `app`, `release`, `formation`.
    package let resource: String
    package let resourceID: String
    /// `create`, `update` or `destroy`. Source: platform-api.md, webhook events.
    package let action: String
    /// What was, in a few words or JSON; never a config var's value.
    package let before: String?
    /// What is now, likewise.
    package let after: String?

    package init(
        sequence: Int64 = 0, time: Timestamp, actor: String, app: AppID?, resource: String, resourceID: String,
        action: String, before: String? = nil, after: String? = nil
    ) {
        self.sequence = sequence
        self.time = time
        self.actor = actor
        self.app = app
        self.resource = resource
        self.resourceID = resourceID
        self.action = action
        self.before = before
        self.after = after
    }
}
