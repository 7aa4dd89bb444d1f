package import APISchema

/// Mail that apps have sent. `addon` is a name or an id everywhere.
extension PlatformClient {
    /// The newest first.
    package func mails(of app: String, containing text: String = "", limit: Int) async throws -> [MailResource] {
        try await call("GET", ["paas", "v1", "apps", app, "mail"], query: ["q": text, "limit": "\(limit)"])
    }

    package func clearMail(of app: String) async throws {
        try await perform("DELETE", ["paas", "v1", "apps", app, "mail"])
    }

    /// - Parameter proxy: what the caller's own processes use for the world.
    package func mailStatus(of app: String, proxy: String? = nil) async throws -> MailStatus {
        try await call(
            "GET", ["paas", "v1", "apps", app, "mail", "status"], query: proxy.map { ["proxy": $0] } ?? [:])
    }

    package func mail(_ number: String) async throws -> MailContentResource {
        try await call("GET", ["paas", "v1", "mail", number])
    }

    /// The message as it came.
    package func rawMail(_ number: String) async throws -> [UInt8] {
        try await document(["paas", "v1", "mail", number, "raw"])
    }

    package func mailKeys(of addon: String) async throws -> [MailKeyResource] {
        try await call("GET", ["paas", "v1", "addons", addon, "mail", "keys"])
    }

    package func createMailKey(_ name: String, of addon: String) async throws -> MailKeyResource {
        try await call("POST", ["paas", "v1", "addons", addon, "mail", "keys"], body: MailKeyCreate(name: name))
    }

    package func removeMailKey(_ key: String, of addon: String) async throws {
        try await perform("DELETE", ["paas", "v1", "addons", addon, "mail", "keys", key])
    }
}
