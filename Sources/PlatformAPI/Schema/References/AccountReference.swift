/// A person, by id and e-mail address.
package struct AccountReference: Codable, Sendable, Equatable {
    package var id: String
    package var email: String

    package init(
        id: String, email: String
    ) {
        self.id = id
        self.email = email
    }
}
