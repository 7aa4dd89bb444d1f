internal import Addons
package import Model
internal import Store

extension Platform {
    /// What an add-on has sent, newest first.
    package func mails(
        of addons: [Addon], containing text: String = "", below: Int? = nil, limit: Int = 100
    ) async throws -> [MailMessage] {
        let ids = addons.map(\.id)
        return try await machines.store.read {
            try $0.mails(of: ids, containing: text, below: below, limit: max(0, min(limit, 1000)))
        }
    }

    /// The mail services that are attached to an app.
    package func mailAddons(in app: App) async throws -> [Addon] {
        let attached = Set(try await attachments(in: app).map(\.addon))
        return try await mailAddons().filter { attached.contains($0.id) }
    }

    /// Every mail service that there is.
    package func mailAddons() async throws -> [Addon] {
        guard let mail = machines.addons.mail else { return [] }
        return try await allAddons().filter { mail.serves($0) }
    }

    package func countMails(of addon: Addon) async throws -> Int {
        try await machines.store.read { try $0.countMails(of: addon.id) }
    }

    package func mail(_ number: String) async throws -> (message: MailMessage, raw: [UInt8]) {
        guard let value = Int(number) else { throw MailError.noSuchMail(number) }
        let found = try await machines.store.read { transaction -> (MailMessage, [UInt8])? in
            guard let message = try transaction.mail(value), let raw = try transaction.rawMail(value) else {
                return nil
            }
            return (message, raw)
        }
        guard let found else { throw MailError.noSuchMail(number) }
        return found
    }

    /// What is in a mail, taken apart.
    package func content(of raw: [UInt8]) async throws -> MailContent {
        try await machines.blocking { MailContent(parsing: raw) }
    }

    package func removeMail(_ message: MailMessage) async throws {
        try await machines.store.write { try $0.removeMail(message.number) }
    }

    package func clearMail(of addon: Addon) async throws {
        try await machines.store.write { try $0.removeMails(of: addon.id) }
    }
}
