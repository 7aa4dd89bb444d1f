package import Model

extension Transaction {
    /// Keeps a mail.
    ///
    /// - Returns: its number.
    package borrowing func insert(_ mail: MailMessage, raw: [UInt8]) throws -> Int {
        try connection.run(
            """
            INSERT INTO mail_messages (addon_id, channel, sender, recipients, subject, words, size_bytes, attachments,
                sent_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(mail.addon), SQLValue(mail.channel.rawValue), SQLValue(mail.sender),
                SQLValue(mail.recipients.joined(separator: "\n")), SQLValue(mail.subject), SQLValue(mail.words),
                SQLValue(mail.sizeBytes), SQLValue(mail.attachmentCount), SQLValue(mail.sentAt),
            ])
        let number = try connection.row("SELECT last_insert_rowid()", []) { $0.int(0) } ?? 0
        try connection.run(
            "INSERT INTO mail_contents (number, raw) VALUES (?, ?)", [SQLValue(number), .bytes(raw)])
        return number
    }

    /// What these add-ons have sent, newest first.
    ///
    /// - Parameters:
    ///   - text: has to be in the subject, an address or the text, in any case of its letters; empty for all.
    ///   - below: only those with a smaller number.
    package borrowing func mails(
        of addons: [AddonID], containing text: String = "", below: Int? = nil, limit: Int
    ) throws -> [MailMessage] {
        guard !addons.isEmpty else { return [] }
        let places = addons.map { _ in "?" }.joined(separator: ", ")
        let wanted = addons.map { SQLValue($0) }
        let search = Self.pattern(text)
        return try mails(
            where: """
                addon_id IN (\(places)) AND number < ? AND (subject LIKE ? ESCAPE '\\' OR sender LIKE ? ESCAPE '\\'
                    OR recipients LIKE ? ESCAPE '\\' OR words LIKE ? ESCAPE '\\')
                ORDER BY number DESC LIMIT ?
                """,
            wanted + [.integer(Int64(below ?? .max))] + [search, search, search, search] + [SQLValue(limit)])
    }

    private static func pattern(_ text: String) -> SQLValue {
        let plain = text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        return SQLValue("%\(plain)%")
    }

    package borrowing func mail(_ number: Int) throws -> MailMessage? {
        try mails(where: "number = ?", [SQLValue(number)]).first
    }

    package borrowing func rawMail(_ number: Int) throws -> [UInt8]? {
        try connection.row("SELECT raw FROM mail_contents WHERE number = ?", [SQLValue(number)]) { $0.bytes(0) }
    }

    package borrowing func countMails(of addon: AddonID) throws -> Int {
        try connection.row("SELECT count(*) FROM mail_messages WHERE addon_id = ?", [SQLValue(addon)]) { $0.int(0) }
            ?? 0
    }

    package borrowing func removeMail(_ number: Int) throws {
        try connection.run("DELETE FROM mail_messages WHERE number = ?", [SQLValue(number)])
    }

    package borrowing func removeMails(of addon: AddonID) throws {
        try connection.run("DELETE FROM mail_messages WHERE addon_id = ?", [SQLValue(addon)])
    }

    private borrowing func mails(where condition: String, _ values: [SQLValue]) throws -> [MailMessage] {
        try connection.rows(
            """
            SELECT number, addon_id, channel, sender, recipients, subject, words, size_bytes, attachments, sent_at
            FROM mail_messages WHERE \(condition)
            """, values
        ) { row in
            MailMessage(
                number: row.int(0), addon: try row.id(1),
                channel: try row.parsed(2) { MailMessage.Channel(rawValue: $0) }, sender: row.text(3),
                recipients: row.text(4).split(separator: "\n").map(String.init), subject: row.text(5),
                words: row.text(6), sizeBytes: row.int(7), attachmentCount: row.int(8), sentAt: row.time(9))
        }
    }
}

// MARK: - Keys

extension Transaction {
    package borrowing func insert(_ key: MailKey) throws {
        try connection.run(
            "INSERT INTO mail_keys (id, addon_id, name, beginning, digest, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                SQLValue(key.id), SQLValue(key.addon), SQLValue(key.name), SQLValue(key.beginning),
                SQLValue(key.digest), SQLValue(key.createdAt),
            ])
    }

    /// Oldest first.
    package borrowing func mailKeys(of addon: AddonID) throws -> [MailKey] {
        try mailKeys(where: "addon_id = ? ORDER BY created_at, rowid", [SQLValue(addon)])
    }

    package borrowing func mailKey(digest: String) throws -> MailKey? {
        try mailKeys(where: "digest = ?", [SQLValue(digest)]).first
    }

    package borrowing func removeMailKey(_ id: MailKeyID) throws {
        try connection.run("DELETE FROM mail_keys WHERE id = ?", [SQLValue(id)])
    }

    private borrowing func mailKeys(where condition: String, _ values: [SQLValue]) throws -> [MailKey] {
        try connection.rows(
            "SELECT id, addon_id, name, beginning, digest, created_at FROM mail_keys WHERE \(condition)", values
        ) { row in
            MailKey(
                id: try row.id(0), addon: try row.id(1), name: row.text(2), beginning: row.text(3),
                digest: row.text(4), createdAt: row.time(5))
        }
    }
}
