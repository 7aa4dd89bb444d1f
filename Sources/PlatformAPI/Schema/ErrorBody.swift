/// What an error answer holds: v3's shape and, where somebody can do something, `mend`.
package struct ErrorBody: Codable, Sendable, Equatable {
    /// `not_found`, `invalid_params`, …
    package var id: String
    package var message: String
    package var url: String?
    /// What was not found: `app`, `release`, …; clients compare it.
    package var resource: String?
    /// Steps that help, best first; each is a command or one short sentence.
    package var mend: [String]?

    package init(
        id: String, message: String, url: String? = nil, resource: String? = nil, mend: [String]? = nil
    ) {
        self.id = id
        self.message = message
        self.url = url
        self.resource = resource
        self.mend = mend
    }
}
