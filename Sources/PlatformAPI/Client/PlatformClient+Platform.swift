package import APISchema

/// The platform itself and its one account.
extension PlatformClient {
    package func status() async throws -> Status { try await call("GET", ["paas", "v1", "status"]) }

    /// Stops the daemon and returns when it is done.
    ///
    /// - Parameter keepingDynos: they run on, and the next daemon adopts them.
    package func shutDown(keepingDynos: Bool = false) async throws {
        try await perform("POST", ["paas", "v1", "shutdown"], query: keepingDynos ? ["dynos": "keep"] : [:])
    }

    package func account() async throws -> AccountResource { try await call("GET", ["account"]) }

    /// The Eco dyno-hours of this month.
    package func quota(of account: String) async throws -> AccountQuota {
        try await call("GET", ["accounts", account, "actions", "get-quota"])
    }

    package func logIn(as email: String?) async throws -> AccountResource {
        try await call("POST", ["paas", "v1", "login"], body: LoginRequest(email: email))
    }

    package func logOut() async throws { try await perform("POST", ["paas", "v1", "logout"]) }

    package func token() async throws -> Token { try await call("GET", ["paas", "v1", "token"]) }

    package func stacks() async throws -> [StackResource] { try await call("GET", ["stacks"]) }

    package func regions() async throws -> [RegionResource] { try await call("GET", ["regions"]) }
}
