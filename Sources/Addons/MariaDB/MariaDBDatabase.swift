internal import Model

/// The database of one add-on and the user that it belongs to.
struct MariaDBDatabase: Sendable, Equatable {
    /// Both of lower-case letters and digits, and made of the add-on's id: what a daemon that died has left is found.
    let name: String
    let user: String
    let password: String

    init(of addon: AddonID, password: String) {
        let digits = "\(addon)".filter { $0 != "-" }.prefix(16)
        name = "d\(digits)"
        user = "u\(digits)"
        self.password = password
    }

    /// - Throws: ``AddonFailure`` for an add-on that was never made.
    init(of addon: Addon) throws(AddonFailure) {
        guard let password = addon.memory["password"] else {
            throw .failed("The add-on has no database", reason: "It was never made")
        }
        self.init(of: addon.id, password: password)
    }

    var memory: [String: String] { ["password": password] }

    func url(port: UInt16) -> String { "mysql://\(user):\(password)@127.0.0.1:\(port)/\(name)" }

    func creation(connections: Int) -> [String] {
        [
            "CREATE DATABASE IF NOT EXISTS \(name)",
            "CREATE OR REPLACE USER \(user) IDENTIFIED BY '\(password)' WITH MAX_USER_CONNECTIONS \(connections)",
            "GRANT ALL ON \(name).* TO \(user)",
        ]
    }

    func change(connections: Int) -> String {
        "ALTER USER \(user) IDENTIFIED BY '\(password)' WITH MAX_USER_CONNECTIONS \(connections)"
    }

    /// Whoever is connected is thrown out first: an open transaction would hold up the rest.
    var removal: [String] {
        ["DROP USER IF EXISTS \(user)", "KILL USER \(user)", "DROP DATABASE IF EXISTS \(name)"]
    }
}
