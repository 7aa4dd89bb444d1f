package import Model

extension Transaction {
    /// The add-ons that belong to an app, by name.
    package borrowing func addons(of app: AppID) throws -> [Addon] {
        try addons(where: "app_id = ? ORDER BY name", [SQLValue(app)])
    }

    /// Every app's, by name.
    package borrowing func allAddons() throws -> [Addon] { try addons(where: "true ORDER BY name", []) }

    package borrowing func addon(_ id: AddonID) throws -> Addon? {
        try addons(where: "id = ?", [SQLValue(id)]).first
    }

    package borrowing func addon(named name: String) throws -> Addon? {
        try addons(where: "name = ?", [SQLValue(name)]).first
    }

    /// - Throws: ``StoreError`` when another one has its name.
    package borrowing func insert(_ addon: Addon) throws {
        try connection.run(
            """
            INSERT INTO addons (id, app_id, name, service, plan, state, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(addon.id), SQLValue(addon.app), SQLValue(addon.name), SQLValue(addon.service),
                SQLValue(addon.plan), SQLValue(addon.state.rawValue), SQLValue(addon.createdAt),
                SQLValue(addon.updatedAt),
            ])
        try insertValues(of: addon)
    }

    /// Its app and its service never change.
    package borrowing func update(_ addon: Addon) throws {
        try connection.run(
            "UPDATE addons SET name = ?, plan = ?, state = ?, updated_at = ? WHERE id = ?",
            [
                SQLValue(addon.name), SQLValue(addon.plan), SQLValue(addon.state.rawValue),
                SQLValue(addon.updatedAt), SQLValue(addon.id),
            ])
        try connection.run("DELETE FROM addon_values WHERE addon_id = ?", [SQLValue(addon.id)])
        try insertValues(of: addon)
    }

    /// With its attachments.
    package borrowing func remove(_ addon: AddonID) throws {
        try connection.run("DELETE FROM addons WHERE id = ?", [SQLValue(addon)])
    }

    private borrowing func insertValues(of addon: Addon) throws {
        for (kind, values) in [("value", addon.values), ("memory", addon.memory)] {
            for (key, value) in values {
                try connection.run(
                    "INSERT INTO addon_values (addon_id, kind, key, value) VALUES (?, ?, ?, ?)",
                    [SQLValue(addon.id), SQLValue(kind), SQLValue(key), SQLValue(value)])
            }
        }
    }

    private borrowing func addons(where condition: String, _ values: [SQLValue]) throws -> [Addon] {
        try connection.rows(
            "SELECT id, app_id, name, service, plan, state, created_at, updated_at FROM addons WHERE \(condition)",
            values
        ) { row in
            let id: AddonID = try row.id(0)
            let all = try connection.rows(
                "SELECT kind, key, value FROM addon_values WHERE addon_id = ?", [SQLValue(id)]
            ) { (kind: $0.text(0), pair: ($0.text(1), $0.text(2))) }
            func values(_ kind: String) -> [String: String] {
                Dictionary(all.filter { $0.kind == kind }.map(\.pair), uniquingKeysWith: { $1 })
            }
            return Addon(
                id: id, app: try row.id(1), name: row.text(2), service: row.text(3), plan: row.text(4),
                state: try row.parsed(5) { Addon.State(rawValue: $0) }, values: values("value"),
                memory: values("memory"), createdAt: row.time(6), updatedAt: row.time(7))
        }
    }
}

// MARK: - Attachments

extension Transaction {
    /// What is attached to an app, oldest first.
    package borrowing func attachments(in app: AppID) throws -> [AddonAttachment] {
        try attachments(where: "app_id = ? ORDER BY created_at, rowid", [SQLValue(app)])
    }

    /// Where an add-on is attached, oldest first.
    package borrowing func attachments(of addon: AddonID) throws -> [AddonAttachment] {
        try attachments(where: "addon_id = ? ORDER BY created_at, rowid", [SQLValue(addon)])
    }

    package borrowing func allAttachments() throws -> [AddonAttachment] {
        try attachments(where: "true ORDER BY created_at, rowid", [])
    }

    package borrowing func attachment(_ id: AttachmentID) throws -> AddonAttachment? {
        try attachments(where: "id = ?", [SQLValue(id)]).first
    }

    package borrowing func attachment(named name: String, in app: AppID) throws -> AddonAttachment? {
        try attachments(where: "app_id = ? AND name = ?", [SQLValue(app), SQLValue(name)]).first
    }

    /// - Parameter keys: the config vars that it sets.
    /// - Throws: ``StoreError`` when its app has one of that name.
    package borrowing func insert(_ attachment: AddonAttachment, setting keys: [String]) throws {
        try connection.run(
            "INSERT INTO addon_attachments (id, addon_id, app_id, name, created_at) VALUES (?, ?, ?, ?, ?)",
            [
                SQLValue(attachment.id), SQLValue(attachment.addon), SQLValue(attachment.app),
                SQLValue(attachment.name), SQLValue(attachment.createdAt),
            ])
        try note(keys, setIn: attachment.app)
    }

    /// - Parameter keys: config vars that an add-on sets in the app from now on.
    package borrowing func note(_ keys: [String], setIn app: AppID) throws {
        for key in keys {
            try connection.run(
                "INSERT OR IGNORE INTO attached_keys (app_id, key) VALUES (?, ?)", [SQLValue(app), SQLValue(key)])
        }
    }

    package borrowing func remove(_ attachment: AttachmentID) throws {
        try connection.run("DELETE FROM addon_attachments WHERE id = ?", [SQLValue(attachment)])
    }

    /// Every config var that an add-on has ever set in the app.
    package borrowing func attachedKeys(of app: AppID) throws -> Set<String> {
        Set(try connection.rows("SELECT key FROM attached_keys WHERE app_id = ?", [SQLValue(app)]) { $0.text(0) })
    }

    private borrowing func attachments(where condition: String, _ values: [SQLValue]) throws -> [AddonAttachment] {
        try connection.rows(
            "SELECT id, addon_id, app_id, name, created_at FROM addon_attachments WHERE \(condition)", values
        ) { row in
            AddonAttachment(
                id: try row.id(0), addon: try row.id(1), app: try row.id(2), name: row.text(3), createdAt: row.time(4))
        }
    }
}
