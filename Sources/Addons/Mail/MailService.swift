package import Model

/// One of the services that send mail: the real ones' plans and config vars, answered on this machine.
package struct MailService: AddonProvider {
    package let service: AddonService
    private let post: MailPost
    private let values: @Sendable (_ user: String, _ password: String, _ smtpPort: UInt16) throws -> [String: String]

    init(
        _ service: AddonService, post: MailPost,
        values: @escaping @Sendable (String, String, UInt16) throws -> [String: String]
    ) {
        self.service = service
        self.post = post
        self.values = values
    }

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        let ports = try await post.open()
        let digits = try Secret.make(4)
        let (user, password) = ("app\(digits)@\(service.stem).localhost", try Secret.make(16))
        let holding = AddonHolding(
            values: try values(user, password, ports.smtp),
            memory: ["user": user, "password": password],
            message: "Nothing leaves this machine: look at what is sent with paas mail")
        post.know(addon.id, password: password)
        return holding
    }

    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func remove(_ addon: Addon) async throws { post.forget(addon.id) }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] { [] }

    private static func plans(_ names: String) -> [AddonPlan] {
        names.split(separator: " ").map { AddonPlan(String($0), $0.prefix(1).uppercased() + $0.dropFirst()) }
    }

    // MARK: Which there are

    static func sendgrid(_ post: MailPost) -> MailService {
        MailService(
            AddonService(
                name: "sendgrid", humanName: "Twilio SendGrid", stem: "sendgrid", attachmentName: "SENDGRID",
                furtherPrefix: "SENDGRID", plans: plans("starter bronze silver gold platinum")),
            post: post
        ) { user, password, port in
            // The last two are not SendGrid's: its SMTP host cannot be had here.
            ["USERNAME": user, "PASSWORD": password, "SMTP_SERVER": "127.0.0.1", "SMTP_PORT": "\(port)"]
        }
    }

    static func mailgun(_ post: MailPost) -> MailService {
        MailService(
            AddonService(
                name: "mailgun", humanName: "Mailgun", stem: "mailgun", attachmentName: "MAILGUN",
                furtherPrefix: "MAILGUN", plans: plans("starter concept basic growth production scale")),
            post: post
        ) { user, password, port in
            let domain = "sandbox\(try Secret.make(16)).mailgun.org"
            return [
                "SMTP_SERVER": "127.0.0.1", "SMTP_PORT": "\(port)",
                "SMTP_LOGIN": "postmaster@\(domain)", "SMTP_PASSWORD": password, "DOMAIN": domain,
                "API_KEY": "key-\(password)", "PUBLIC_KEY": "pubkey-\(try Secret.make(16))",
            ]
        }
    }

    static func mailtrap(_ post: MailPost) -> MailService {
        MailService(
            AddonService(
                name: "mailtrap", humanName: "Mailtrap", stem: "mailtrap", attachmentName: "MAILTRAP",
                furtherPrefix: "MAILTRAP", plans: plans("unpaid starter micro basic team business")),
            post: post
        ) { user, password, port in
            [
                "API_TOKEN": password, "HOST": "127.0.0.1", "PORT": "\(port)", "USERNAME": user,
                "PASSWORD": password,
            ]
        }
    }
}

/// The mail services together: what they have in common is one door for SMTP and one proxy.
package struct Mail: Sendable {
    package let post: MailPost
    package let services: [MailService]

    package init(_ post: MailPost) {
        self.post = post
        services = [.sendgrid(post), .mailgun(post), .mailtrap(post)]
    }

    /// Takes note of the add-ons that there are, at the platform's start.
    package func resume(_ addons: [Addon]) async throws {
        let own = addons.filter { serves($0) }
        for addon in own { post.know(addon.id, password: addon.memory["password"] ?? "") }
        if !own.isEmpty { _ = try await post.open() }
    }

    package func serves(_ addon: Addon) -> Bool { service(of: addon) != nil }

    private func service(of addon: Addon) -> MailService? { services.first { $0.service.name == addon.service } }

    /// Whether SMTP takes these for that add-on.
    package func isOpen(_ addon: Addon, to user: String, _ password: String) -> Bool {
        let users = [addon.memory["user"], addon.values["SMTP_LOGIN"]].compactMap(\.self)
        return users.contains(user) && addon.memory["password"].map { Secret.areEqual($0, password) } ?? false
    }

    /// Whether it is the key of the API that the add-on has among its config vars.
    package func isKey(_ secret: String, of addon: Addon) -> Bool {
        let keys = [addon.values["API_KEY"], addon.values["API_TOKEN"]].compactMap(\.self)
        return keys.contains { Secret.areEqual($0, secret) }
    }

    /// Hosts of the world for which this machine answers to dynos that have one of these add-ons.
    package var hosts: [String] { MailPost.hosts }
}
