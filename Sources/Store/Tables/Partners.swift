package import Model

extension Transaction {
    /// Services that the platform's owner has registered, by id.
    package borrowing func partnerServices() throws -> [PartnerService] {
        try connection.rows("SELECT id, manifest, is_production, created_at FROM partner_services ORDER BY id") { row in
            PartnerService(id: row.text(0), manifest: row.bytes(1), isProduction: row.bool(2), createdAt: row.time(3))
        }
    }

    /// In the place of an earlier one of the same id, whose time stays.
    package borrowing func put(_ service: PartnerService) throws {
        try connection.run(
            """
            INSERT INTO partner_services (id, manifest, is_production, created_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET manifest = excluded.manifest, is_production = excluded.is_production
            """,
            [
                SQLValue(service.id), .bytes(service.manifest), SQLValue(service.isProduction),
                SQLValue(service.createdAt),
            ])
    }

    package borrowing func removePartnerService(_ id: String) throws {
        try connection.run("DELETE FROM partner_services WHERE id = ?", [SQLValue(id)])
    }
}

// MARK: - Tokens

extension Transaction {
    /// - Parameter now: tokens of the same add-on that are over by then are forgotten.
    package borrowing func insert(_ token: PartnerToken, at now: Timestamp) throws {
        try connection.run(
            "DELETE FROM partner_tokens WHERE addon_id = ? AND expires_at <= ?", [SQLValue(token.addon), SQLValue(now)])
        try connection.run(
            "INSERT INTO partner_tokens (digest, addon_id, kind, expires_at) VALUES (?, ?, ?, ?)",
            [
                SQLValue(token.digest), SQLValue(token.addon), SQLValue(token.kind.rawValue),
                SQLValue(token.expiresAt),
            ])
    }

    package borrowing func partnerToken(digest: String) throws -> PartnerToken? {
        try connection.row(
            "SELECT addon_id, kind, digest, expires_at FROM partner_tokens WHERE digest = ?", [SQLValue(digest)]
        ) { row in
            PartnerToken(
                addon: try row.id(0), kind: try row.parsed(1) { PartnerToken.Kind(rawValue: $0) }, digest: row.text(2),
                expiresAt: row.optionalTime(3))
        }
    }

    package borrowing func removePartnerToken(digest: String) throws {
        try connection.run("DELETE FROM partner_tokens WHERE digest = ?", [SQLValue(digest)])
    }
}
