internal import Addons
package import Model
internal import Store

extension Platform {
    package func mailKeys(of addon: Addon) async throws -> [MailKey] {
        try await machines.store.read { try $0.mailKeys(of: addon.id) }
    }

    /// Makes a key of SendGrid's form.
    ///
    /// - Returns: what is remembered of it, and the key itself, which is not.
    package func createMailKey(_ name: String, of addon: Addon) async throws -> (key: MailKey, secret: String) {
        guard addon.service == "sendgrid" else { throw MailError.noKeys(addon.name) }
        guard (1...100).contains(name.count) else { throw MailError.badKeyName }
        let secret = try SendGridKey.make()
        let key = MailKey(
            addon: addon.id, name: name, beginning: String(secret.prefix(11)), digest: Digest(of: [secret]).hex,
            createdAt: machines.time.now())
        try await machines.store.write { try $0.insert(key) }
        return (key, secret)
    }

    /// - Parameter text: an id, a beginning or a name.
    package func removeMailKey(_ text: String, of addon: Addon) async throws -> MailKey {
        let all = try await mailKeys(of: addon)
        let key =
            all.first { "\($0.id)" == text || $0.name == text } ?? all.first { text.hasPrefix($0.beginning) }
        guard let key else { throw MailError.noSuchKey(text, of: addon.name) }
        try await machines.store.write { try $0.removeMailKey(key.id) }
        return key
    }
}
