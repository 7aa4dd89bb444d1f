/// Answer of `GET /paas/v1/token`: what the API wants as `Authorization: Bearer` outside the owner's socket.
package struct Token: Codable, Sendable, Equatable {
    package var token: String

    package init(
        token: String
    ) {
        self.token = token
    }
}
