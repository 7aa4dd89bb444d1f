package import Model

extension Transaction {
    /// The certificates that an app has, by name.
    package borrowing func endpoints(of app: AppID) throws -> [SNIEndpoint] {
        try endpoints(where: "app_id = ? ORDER BY name", [SQLValue(app)])
    }

    /// Those of every app.
    package borrowing func allEndpoints() throws -> [SNIEndpoint] { try endpoints(where: "true ORDER BY name", []) }

    /// Whoever's it is.
    package borrowing func endpoint(named name: String) throws -> SNIEndpoint? {
        try endpoints(where: "name = ?", [SQLValue(name)]).first
    }

    package borrowing func insert(_ endpoint: SNIEndpoint) throws {
        try connection.run(
            """
            INSERT INTO sni_endpoints (id, app_id, name, chain, key, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(endpoint.id), SQLValue(endpoint.app), SQLValue(endpoint.name), SQLValue(endpoint.chain),
                SQLValue(endpoint.key.revealed), SQLValue(endpoint.createdAt), SQLValue(endpoint.updatedAt),
            ])
    }

    package borrowing func update(_ endpoint: SNIEndpoint) throws {
        try connection.run(
            "UPDATE sni_endpoints SET chain = ?, key = ?, updated_at = ? WHERE id = ?",
            [
                SQLValue(endpoint.chain), SQLValue(endpoint.key.revealed), SQLValue(endpoint.updatedAt),
                SQLValue(endpoint.id),
            ])
    }

    /// Its domains stay, without a certificate.
    package borrowing func remove(_ endpoint: SNIEndpointID) throws {
        try connection.run("DELETE FROM sni_endpoints WHERE id = ?", [SQLValue(endpoint)])
    }

    private borrowing func endpoints(where condition: String, _ values: [SQLValue]) throws -> [SNIEndpoint] {
        try connection.rows(
            "SELECT id, app_id, name, chain, key, created_at, updated_at FROM sni_endpoints WHERE \(condition)", values
        ) { row in
            SNIEndpoint(
                id: try row.id(0), app: try row.id(1), name: row.text(2), chain: row.text(3),
                key: PrivateKeyText(row.text(4)), createdAt: row.time(5), updatedAt: row.time(6))
        }
    }
}
