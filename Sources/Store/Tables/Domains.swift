package import Model

extension Transaction {
    /// An app's own host names, by name.
    package borrowing func domains(of app: AppID) throws -> [Domain] {
        try domains(where: "app_id = ? ORDER BY hostname", [SQLValue(app)])
    }

    package borrowing func domain(_ id: DomainID) throws -> Domain? {
        try domains(where: "id = ?", [SQLValue(id)]).first
    }

    /// Whoever's it is.
    package borrowing func domain(_ host: HostName) throws -> Domain? {
        try domains(where: "hostname = ?", [SQLValue(host.text)]).first
    }

    /// The host names of every app, by name.
    package borrowing func allDomains() throws -> [Domain] { try domains(where: "true ORDER BY hostname", []) }

    /// - Throws: ``StoreError`` when an app has that name already.
    package borrowing func insert(_ domain: Domain) throws {
        try connection.run(
            """
            INSERT INTO domains (id, app_id, hostname, created_at, updated_at, sni_endpoint_id)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(domain.id), SQLValue(domain.app), SQLValue(domain.host.text), SQLValue(domain.createdAt),
                SQLValue(domain.updatedAt), SQLValue(domain.endpoint),
            ])
    }

    /// Its certificate may change, and nothing else.
    package borrowing func update(_ domain: Domain) throws {
        try connection.run(
            "UPDATE domains SET sni_endpoint_id = ?, updated_at = ? WHERE id = ?",
            [SQLValue(domain.endpoint), SQLValue(domain.updatedAt), SQLValue(domain.id)])
    }

    package borrowing func remove(_ domain: DomainID) throws {
        try connection.run("DELETE FROM domains WHERE id = ?", [SQLValue(domain)])
    }

    private borrowing func domains(where condition: String, _ values: [SQLValue]) throws -> [Domain] {
        try connection.rows(
            "SELECT id, app_id, hostname, created_at, updated_at, sni_endpoint_id FROM domains WHERE \(condition)",
            values
        ) { row in
            Domain(
                id: try row.id(0), app: try row.id(1), host: try row.parsed(2) { try HostName($0) },
                createdAt: row.time(3), updatedAt: row.time(4), endpoint: try row.optionalID(5))
        }
    }
}
