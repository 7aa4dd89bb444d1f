internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let accountRoutes: [Route] = [
        Route("GET", "account") { call in
            let account = try await call.platform.account()
            guard account.isLoggedIn else { throw BadRequest.token }
            return try .ok(AccountResource(account))
        },
        Route("POST", "paas/v1/login") { call in
            try .ok(AccountResource(try await call.platform.logIn(email: try call.body(LoginRequest.self).email)))
        },
        Route("POST", "paas/v1/logout") { call in
            try await call.platform.logOut()
            return .empty(status: 204)
        },
        Route("GET", "paas/v1/token") { call in try .ok(Token(token: try await call.platform.token())) },
    ]
}

extension AccountResource {
    init(_ account: Account) {
        self.init(
            createdAt: account.createdAt.iso8601, email: account.email, id: "\(account.id)",
            updatedAt: account.createdAt.iso8601)
    }
}
