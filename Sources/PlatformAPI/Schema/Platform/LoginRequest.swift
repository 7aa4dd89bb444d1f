/// Body of `POST /paas/v1/login`.
package struct LoginRequest: Codable, Sendable, Equatable {
    /// The account's address from now on; absent: as it is.
    package var email: String?

    package init(
        email: String? = nil
    ) {
        self.email = email
    }
}
