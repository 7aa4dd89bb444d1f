package import APISchema

/// Add-ons. `addon` is a name or an id everywhere.
extension PlatformClient {
    package func addons(of app: String) async throws -> [AddonResource] { try await list(["apps", app, "addons"]) }

    package func allAddons() async throws -> [AddonResource] { try await list(["addons"]) }

    package func createAddon(_ body: AddonCreate, for app: String) async throws -> AddonResource {
        try await call("POST", ["apps", app, "addons"], body: body)
    }

    package func updateAddon(_ addon: String, of app: String, _ body: AddonUpdate) async throws -> AddonResource {
        try await call("PATCH", ["apps", app, "addons", addon], body: body)
    }

    package func destroyAddon(_ addon: String, of app: String, force: Bool) async throws {
        try await perform("DELETE", ["apps", app, "addons", addon], body: AddonDelete(force: force))
    }

    /// The add-ons that a text means, of an app or of any.
    package func resolveAddons(
        _ text: String, app: String?, service: String? = nil
    ) async throws -> [AddonResource] {
        try await call(
            "POST", ["actions", "addons", "resolve"],
            body: AddonResolve(addon: text, app: app, addonService: service))
    }

    // MARK: Attachments

    package func attachments(of app: String) async throws -> [AddonAttachmentResource] {
        try await list(["apps", app, "addon-attachments"])
    }

    package func allAttachments() async throws -> [AddonAttachmentResource] { try await list(["addon-attachments"]) }

    package func attachments(ofAddon addon: String) async throws -> [AddonAttachmentResource] {
        try await list(["addons", addon, "addon-attachments"])
    }

    package func attachment(_ name: String, of app: String) async throws -> AddonAttachmentResource {
        try await call("GET", ["apps", app, "addon-attachments", name])
    }

    package func attach(_ body: AddonAttachmentCreate) async throws -> AddonAttachmentResource {
        try await call("POST", ["addon-attachments"], body: body)
    }

    package func detach(_ attachment: String) async throws {
        try await perform("DELETE", ["addon-attachments", attachment])
    }

    package func resolveAttachments(
        _ text: String, app: String?, service: String? = nil
    ) async throws -> [AddonAttachmentResource] {
        try await call(
            "POST", ["actions", "addon-attachments", "resolve"],
            body: AddonAttachmentResolve(addonAttachment: text, app: app, addonService: service))
    }

    // MARK: Services

    package func addonServices() async throws -> [AddonServiceResource] { try await list(["addon-services"]) }

    package func addonService(_ name: String) async throws -> AddonServiceResource {
        try await call("GET", ["addon-services", name])
    }

    package func plans(of service: String) async throws -> [PlanResource] {
        try await list(["addon-services", service, "plans"])
    }

    // MARK: Services of other makers

    package func partners() async throws -> [PartnerResource] {
        try await call("GET", ["paas", "v1", "addon-providers"])
    }

    package func addPartner(_ body: PartnerCreate) async throws -> PartnerResource {
        try await call("POST", ["paas", "v1", "addon-providers"], body: body)
    }

    package func removePartner(_ id: String) async throws {
        try await perform("DELETE", ["paas", "v1", "addon-providers", id])
    }

    // MARK: Databases

    package func database(_ addon: String) async throws -> DatabaseResource {
        try await call("GET", ["client", "v11", "databases", addon])
    }

    package func databaseWait(_ addon: String) async throws -> WaitStatus {
        try await call("GET", ["client", "v11", "databases", addon, "wait_status"])
    }

    package func resetDatabase(_ addon: String) async throws {
        try await perform("PUT", ["client", "v11", "databases", addon, "reset"])
    }

    package func rotateCredentials(of addon: String) async throws {
        try await perform("POST", ["postgres", "v0", "databases", addon, "credentials_rotation"])
    }

    package func copyDatabase(_ source: String, to target: String) async throws -> TransferResource {
        try await call(
            "POST", ["client", "v11", "databases", target, "transfers"],
            body: TransferCreate(fromName: source, toName: target))
    }

    package func endConnections(of addon: String) async throws {
        try await perform("POST", ["client", "v11", "databases", addon, "connection_reset"])
    }

    // MARK: Backups

    package func transfers(of app: String) async throws -> [TransferResource] {
        try await call("GET", ["client", "v11", "apps", app, "transfers"])
    }

    /// - Parameter transfer: an id, a number or a name.
    package func transfer(_ transfer: String, of app: String) async throws -> TransferResource {
        try await call("GET", ["client", "v11", "apps", app, "transfers", transfer])
    }

    package func captureBackup(of addon: String) async throws -> TransferResource {
        try await call("POST", ["client", "v11", "databases", addon, "backups"])
    }

    /// - Parameter backup: its id.
    package func restore(_ backup: String, into addon: String) async throws -> TransferResource {
        try await call(
            "POST", ["client", "v11", "databases", addon, "restores"], body: RestoreCreate(backupURL: backup))
    }

    package func cancelTransfer(_ transfer: String, of app: String) async throws {
        try await perform("POST", ["client", "v11", "apps", app, "transfers", transfer, "actions", "cancel"])
    }

    package func deleteTransfer(_ transfer: String, of app: String) async throws {
        try await perform("DELETE", ["client", "v11", "apps", app, "transfers", transfer])
    }

    package func publicURL(ofBackup transfer: String, of app: String) async throws -> PublicURL {
        try await call("POST", ["client", "v11", "apps", app, "transfers", transfer, "actions", "public-url"])
    }

    /// Those of all databases of the app that owns this one.
    package func backupSchedules(ofDatabase addon: String) async throws -> [BackupScheduleResource] {
        try await call("GET", ["client", "v11", "databases", addon, "transfer-schedules"])
    }

    package func scheduleBackups(
        of addon: String, _ body: BackupScheduleCreate
    ) async throws -> BackupScheduleResource {
        try await call("POST", ["client", "v11", "databases", addon, "transfer-schedules"], body: body)
    }

    package func unscheduleBackups(_ schedule: String, of addon: String) async throws {
        try await perform("DELETE", ["client", "v11", "databases", addon, "transfer-schedules", schedule])
    }

    /// The queries that have taken the longest, as a table.
    package func outliers(of addon: String, count: Int) async throws -> [UInt8] {
        try await document(["paas", "v1", "databases", addon, "outliers", "\(count)"])
    }

    /// The file of a backup, as it comes.
    package func backupFile(_ id: String) async throws -> ByteStream { try await stream("/paas/v1/backups/\(id)") }
}

/// Key-value stores. `addon` is a name or an id everywhere.
extension PlatformClient {
    package func store(_ addon: String) async throws -> KeyValueStoreResource {
        try await call("GET", ["redis", "v0", "databases", addon])
    }

    package func storeWait(_ addon: String) async throws -> WaitStatus {
        try await call("GET", ["redis", "v0", "databases", addon, "wait"])
    }

    package func updateStore(_ addon: String, _ body: KeyValueStoreUpdate) async throws -> KeyValueStoreConfig {
        try await call("PATCH", ["redis", "v0", "databases", addon, "config"], body: body)
    }

    package func rotateStoreCredentials(of addon: String) async throws {
        try await perform("POST", ["redis", "v0", "databases", addon, "credentials_rotation"])
    }
}
