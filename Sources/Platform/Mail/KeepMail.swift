package import Addons
package import Model
internal import Store

/// What comes in at the doors of mail.
extension Platform {
    /// The add-on whose mail SMTP takes with that user and password; `apikey` has one of SendGrid's keys for a password.
    package func mailAccount(user: String, password: String) async -> AddonID? {
        guard let mail = machines.addons.mail else { return nil }
        if user == "apikey" { return try? await mailAddon(key: password)?.id }
        // What cannot be read authenticates nobody.
        let addons = (try? await allAddons()) ?? []
        return addons.first { mail.serves($0) && mail.isOpen($0, to: user, password) }?.id
    }

    /// Keeps what came by SMTP.
    ///
    /// - Returns: its number; `nil` when it cannot be kept.
    package func keep(_ envelope: SMTPSession.Envelope, of addon: AddonID) async -> Int? {
        try? await keep(
            envelope.content, of: addon, channel: .smtp, sender: envelope.sender, recipients: envelope.recipients)
    }

    func keep(
        _ raw: [UInt8], of addon: AddonID, channel: MailMessage.Channel, sender: String, recipients: [String]
    ) async throws -> Int {
        let content = try await machines.blocking { MailContent(parsing: raw) }
        let message = MailMessage(
            addon: addon, channel: channel, sender: sender, recipients: recipients,
            subject: String((content["subject"] ?? "").prefix(1000)),
            words: String((content.text ?? content.html ?? "").prefix(Self.searchedCharacters)),
            sizeBytes: raw.count, attachmentCount: content.attachments.count, sentAt: machines.time.now())
        return try await machines.store.write { try $0.insert(message, raw: raw) }
    }

    private static let searchedCharacters = 20_000

    // MARK: SendGrid's API

    /// Answers a request to `api.sendgrid.com`.
    ///
    /// - Parameters:
    ///   - key: what stood in `Authorization: Bearer KEY`.
    ///   - type: the body's media type.
    package func answerSendGrid(
        _ method: String, _ path: String, key: String?, type: String?, body: [UInt8]
    ) async -> MailAnswer {
        guard path.hasPrefix("/v3/") else { return .sendGrid(404, "Not Found") }
        guard let key, !key.isEmpty else { return .sendGrid(401, "Permission denied, wrong credentials") }
        do {
            guard let addon = try await mailAddon(key: key) else {
                return .sendGrid(401, "The provided authorization grant is invalid, expired, or revoked")
            }
            // Keys are for sending and for nothing else.
            guard path == "/v3/mail/send" || path == "/v3/mail/send/" else { return .sendGrid(403, "access forbidden") }
            guard method == "POST" else { return .sendGrid(405, "method not allowed") }
            guard type?.lowercased().hasPrefix("application/json") ?? true else {
                return .sendGrid(415, "Content-Type should be application/json.")
            }
            guard body.count <= SMTPSession.sizeLimit else { return .sendGrid(413, "Payload Too Large") }
            return try await send(body, of: addon)
        } catch {
            return .sendGrid(500, "The mail could not be kept: \(error)")
        }
    }

    private func send(_ body: [UInt8], of addon: Addon) async throws -> MailAnswer {
        let request: SendGridRequest
        do {
            request = try await machines.blocking { try SendGridRequest(body) }
        } catch let SendGridRequest.Failure.refused(reasons) {
            return MailAnswer(
                status: 400, headers: ["Content-Type": "application/json"],
                body: SendGridRequest.Refusal.body(reasons))
        }
        guard !request.isSandboxed else { return MailAnswer(status: 200) }
        let id = MailAnswer.messageID()
        for mail in request.mails {
            let raw = try mail.message(id: id, at: machines.time.now())
            _ = try await keep(
                raw, of: addon.id, channel: .api, sender: mail.from.email, recipients: mail.recipients)
        }
        return MailAnswer(status: 202, headers: ["X-Message-Id": id])
    }

    private func mailAddon(key: String) async throws -> Addon? {
        let digest = Digest(of: [key]).hex
        return try await machines.store.read { transaction in
            guard let known = try transaction.mailKey(digest: digest) else { return nil }
            return try transaction.addon(known.addon)
        }
    }
}

extension MailAnswer {
    fileprivate static func sendGrid(_ status: Int, _ message: String) -> MailAnswer {
        MailAnswer(
            status: status, headers: ["Content-Type": "application/json"],
            body: SendGridRequest.Refusal.body([.init(saying: message)]))
    }

    /// 22 letters and digits, as theirs.
    fileprivate static func messageID() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<22).compactMap { _ in letters.randomElement() })
    }
}
