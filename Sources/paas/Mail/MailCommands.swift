import APIClient
import APISchema
import Console

extension Command {
    static let mail = Command(
        "mail", abstract: "list the mail that an app has sent",
        discussion: "Mail goes to a mail add-on (sendgrid, mailgun, mailtrap) and never leaves this machine.",
        flags: [.app, .remote, .json, .noWrap, .search, .mailCount],
        examples: ["paas mail -a my-app", "paas mail --search invoice"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let status = try await MailChoice.status(of: app, on: platform)
        let limit = try invocation[.mailCount].map { text in
            guard let number = Int(text), (1...1000).contains(number) else {
                throw Failure.usage("Expected a number from 1 to 1000 but received: \(text)")
            }
            return number
        }
        let search = invocation[.search] ?? ""
        let mails = try await platform.mails(of: app.id, containing: search, limit: limit ?? 20)
        if invocation.has(.json) { return terminal.json(try WireJSON.encode(mails)) }
        let name = terminal.appName(app.name, on: terminal.output)
        guard !mails.isEmpty else {
            terminal.print(search.isEmpty ? "No mail has been sent by \(name)." : "No mail of \(name) has \(search).")
            return
        }
        var table = Table(["ID", "Sent", "From", "To", "Subject"])
        for mail in mails {
            table.add([
                "\(mail.number)", TimeText.ago(mail.sentAt), MailText.cell(mail.from),
                MailText.cell(mail.to.joined(separator: ", ")), MailText.cell(mail.subject),
            ])
        }
        terminal.table(table, cut: !invocation.has(.noWrap))
        let total = status.services.reduce(0) { $0 + $1.count }
        terminal.print()
        terminal.print("\(total) in all. See one with paas mail:open ID, or all with paas mail:open.")
    }

    static let mailOpen = Command(
        "mail:open", abstract: "show a mail, or open the inbox in your browser",
        flags: [
            .app, .remote, .json, Flag("html", help: "show its HTML"), Flag("raw", help: "show the message as it came"),
            Flag("show-url", help: "show the inbox's URL, do not open browser"),
        ], operands: [.optional("ID", "number of the mail; without it the inbox is opened")],
        examples: ["paas mail:open 7", "paas mail:open 7 --raw", "paas mail:open"]
    ) { invocation in
        let terminal = invocation.terminal
        guard let id = invocation.operands.first else { return try await openInbox(invocation) }
        let platform = try await invocation.platform()
        if invocation[.app] != nil { try await requireOwn(id, invocation, platform) }
        if invocation.has(Flag("raw", help: "")) {
            return terminal.output.write(String(decoding: try await platform.rawMail(id), as: UTF8.self))
        }
        let mail = try await platform.mail(id)
        if invocation.has(.json) { return terminal.json(try WireJSON.encode(mail)) }
        if invocation.has(Flag("html", help: "")) {
            guard let html = mail.html else { throw Failure("Mail \(id) has no HTML.", mend: ["paas mail:open \(id)"]) }
            return terminal.print(html)
        }
        for name in ["From", "To", "Cc", "Subject", "Date"] {
            guard let header = mail.headers.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                continue
            }
            terminal.print("\(name): \(ControlBytes.shown(header.value, keepingColours: false))")
        }
        for file in mail.attachments {
            terminal.print(
                "Attachment: \(MailText.cell(file.name)) (\(MailText.cell(file.type)), \(file.sizeBytes) bytes)")
        }
        terminal.print()
        if let text = mail.text {
            terminal.print(ControlBytes.shown(text, keepingLines: true, keepingColours: false))
        } else if mail.html != nil {
            terminal.print("It has HTML alone: paas mail:open \(id) --html")
        }
    }

    /// - Throws: a failure for a mail that another app has sent.
    private static func requireOwn(_ id: String, _ invocation: Invocation, _ platform: PlatformClient) async throws {
        let app = try await invocation.app(on: platform)
        let services = try await MailChoice.status(of: app, on: platform).services.map(\.addon.id)
        guard services.contains(try await platform.mail(id).mail.addon.id) else {
            throw Failure("\(app.name) has sent no mail \(id).", mend: ["paas mail -a \(app.name)"])
        }
    }

    private static func openInbox(_ invocation: Invocation) async throws {
        let (platform, app) = try await invocation.target()
        let status = try await MailChoice.status(of: app, on: platform)
        let addon = try await platform.addons(of: app.id).first { $0.id == status.services[0].addon.id }
        // An add-on of another app has its page, too.
        let page = addon?.webURL ?? status.inboxURL
        try Browser.show(page, invocation)
    }

    static let mailClear = Command(
        "mail:clear", abstract: "remove all mail that an app has sent", flags: [.app, .remote, .confirm],
        examples: ["paas mail:clear --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        _ = try await MailChoice.status(of: app, on: platform)
        try terminal.confirmDestruction(
            of: app.name, confirmation: invocation[.confirm],
            warning: "WARNING: This will remove all mail that \(app.name) has sent.")
        try await terminal.action("Removing the mail of \(terminal.appName(app.name))") { _ in
            try await platform.clearMail(of: app.id)
        }
    }
}

/// The mail services of an app, as commands mean them.
enum MailChoice {
    static func status(of app: AppResource, on platform: PlatformClient) async throws -> MailStatus {
        let status = try await platform.mailStatus(of: app.id)
        guard !status.services.isEmpty else {
            throw Failure(
                "\(app.name) has no mail service.", mend: ["paas addons:create sendgrid -a \(app.name)"])
        }
        return status
    }
}

extension Flag {
    fileprivate static let search = Flag(
        "search", placeholder: "text", help: "only what has this in its subject, addresses or text")
    fileprivate static let mailCount = Flag("num", short: "n", placeholder: "num", help: "how many to show (20)")
}
