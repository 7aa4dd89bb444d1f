package import Model
internal import Store

extension Platform {
    /// The living app of that name or id.
    package func app(_ nameOrID: String) async throws -> App {
        let found = try await machines.store.read { transaction in
            if let id = AppID(nameOrID) { return try transaction.app(id) }
            guard let name = try? AppName(nameOrID) else { return nil }  // What is no name is no app's name either.
            return try transaction.app(named: name)
        }
        guard let found else { throw PlatformError.noSuchApp(nameOrID) }
        return found
    }

    /// All living apps by name.
    package func apps() async throws -> [App] {
        try await machines.store.read { try $0.apps() }.sorted { $0.name.text < $1.name.text }
    }
}

extension Transaction {
    /// The account's e-mail; before any `login` it is a name that belongs to this machine.
    borrowing func accountEmail() throws -> String { try setting("account.email") ?? "you@localhost" }
}
