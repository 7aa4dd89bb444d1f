package import Model
internal import Store

/// The one local account; it exists from the first start and needs no network.
package struct Account: Sendable {
    package let id: Identifier<Account>
    package let email: String
    package let isLoggedIn: Bool
    package let createdAt: Timestamp
}

extension Platform {
    package func account() async throws -> Account {
        let now = machines.time.now()
        return try await machines.store.write { transaction in
            let id = try transaction.kept("account.id") { "\(Identifier<Account>())" }
            let created = try transaction.kept("account.created_at") { now.iso8601 }
            return Account(
                id: Identifier(id) ?? Identifier(), email: try transaction.accountEmail(),
                // Logged in until `logout`: a tutorial that forgets its first step works too.
                isLoggedIn: try transaction.setting("account.logged_out") == nil,
                createdAt: Timestamp(iso8601: created) ?? now)
        }
    }

    /// - Parameter email: the address that changes are recorded under from now on; `nil` keeps the old one.
    package func logIn(email: String?) async throws -> Account {
        if let email, !email.contains("@") || email.utf8.contains(where: { $0 <= 0x20 }) {
            throw AccountError.noAddress(email)
        }
        try await machines.store.write { transaction in
            if let email { try transaction.set("account.email", to: email) }
            try transaction.set("account.logged_out", to: nil)
        }
        return try await account()
    }

    package func logOut() async throws {
        try await machines.store.write { try $0.set("account.logged_out", to: "true") }
    }

    /// What the API asks for at `api.localhost`; made at the first call, the same from then on.
    package func token() async throws -> String {
        try await machines.store.write { transaction in
            try transaction.kept("account.token") {
                let random = "\(Identifier<Account>())\(Identifier<Account>())".filter { $0 != "-" }
                return "PAAS-\(random)"
            }
        }
    }
}

/// Why somebody could not log in.
package enum AccountError: Explained {
    case noAddress(String)

    package var explanation: Explanation {
        switch self {
        case .noAddress(let text):
            Explanation("Couldn't log in", because: "“\(text)” is no e-mail address.", mend: ["paas login -i"])
        }
    }
}

extension Transaction {
    /// The setting of that key, made at the first call.
    fileprivate borrowing func kept(_ key: String, _ make: () -> String) throws -> String {
        if let value = try setting(key) { return value }
        let value = make()
        try set(key, to: value)
        return value
    }
}
