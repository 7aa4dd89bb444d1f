import APIClient
import APISchema

/// What is said of mail services beside what is said of every add-on.
enum MailText {
    /// Where its mail goes; nothing for an add-on that sends none.
    static func lines(of addon: AddonResource, on platform: PlatformClient) async throws -> [(String, [String])] {
        guard services.contains(addon.addonService.name) else { return [] }
        let status = try await platform.mailStatus(of: addon.app.id)
        guard let service = status.services.first(where: { $0.addon.id == addon.id }) else { return [] }
        let hosts = status.hosts.joined(separator: ", ")
        let reach =
            status.environment.isEmpty
            ? "off; paas features:enable mail-proxy has dynos reach \(hosts) here"
            : "dynos reach \(hosts) here; off by paas features:disable mail-proxy"
        return [
            ("Mail", ["\(service.count) kept, none sent; \(status.inboxURL)"]),
            ("SMTP", status.smtpPort.map { ["127.0.0.1:\($0)"] } ?? []), ("Mail proxy", [reach]),
        ]
    }

    /// What somebody else has written, for a table.
    static func cell(_ text: String) -> String {
        let shown = ControlBytes.shown(text, keepingColours: false)
        return shown.count > 200 ? "\(shown.prefix(199))…" : shown
    }

    private static let services: Set<String> = ["sendgrid", "mailgun", "mailtrap"]
}
