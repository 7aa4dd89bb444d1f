internal import HTTP
internal import Model
internal import Platform

/// The inbox at `mail.localhost`: pages for a person, and SendGrid's API for programs that may choose its host.
///
/// What apps have sent is their owner's alone: a browser is let in by a link that holds a key, as `paas mail:open` and
/// `paas addons:open` make one, or by the platform's token; then by a cookie. A page of another host can neither read
/// nor change anything.
extension APIServer {
    func serveMail(_ request: HTTPRequest, _ responder: HTTPResponder) async {
        if request.path.hasPrefix("/v3/") || request.path == "/api/send" {
            return await serveService(request, responder)
        }
        do {
            do {
                let answer = try await MailInbox(platform: platform, request: request).answer()
                try await send(answer, responder)
            } catch let error as HTTPTransportError {
                throw error
            } catch {
                let explanation = (error as? any Explained)?.explanation ?? Explanation("\(error)", id: .internalError)
                try await send(
                    .page(MailPages.message(explanation.sentence), status: explanation.id.httpStatus), responder)
            }
        } catch {
            // The client has gone; there is nobody to tell.
        }
    }

    private func send(_ answer: MailInbox.Answer, _ responder: HTTPResponder) async throws {
        var headers = answer.headers
        for (name, value) in MailPages.headers where headers[name] == nil { headers.set(name, to: value) }
        try await responder.send(status: answer.status, headers: headers, body: answer.body)
    }
}

struct MailInbox: Sendable {
    let platform: Platform
    let request: HTTPRequest

    struct Answer: Sendable {
        var status = 200
        var headers: HTTPHeaders = [:]
        var body: [UInt8] = []

        static func page(_ html: String, status: Int = 200) -> Answer {
            Answer(status: status, headers: ["Content-Type": "text/html; charset=utf-8"], body: Array(html.utf8))
        }

        static func move(to path: String, cookie: String? = nil) -> Answer {
            var headers: HTTPHeaders = ["Location": path]
            if let cookie { headers.set("Set-Cookie", to: cookie) }
            return Answer(status: 303, headers: headers)
        }
    }

    private static let cookieName = "paas_mail"

    func answer() async throws -> Answer {
        let token = try await platform.token()
        let pass = MailPages.pass(token)
        let segments = request.segments
        guard request.isRead || isFromHere else {
            throw BadRequest.foreignPage(request.headers["Origin"] ?? "elsewhere")
        }
        switch (request.method, segments.first, segments.count) {
        case ("GET", "style.css", 1):
            return Answer(headers: ["Content-Type": "text/css"], body: Array(MailPages.style.utf8))
        case ("GET", "live.js", 1):
            return Answer(headers: ["Content-Type": "text/javascript"], body: Array(MailPages.script.utf8))
        case ("POST", "enter", 1):
            let given = form["token"] ?? ""
            guard Credentials.areEqual(Array(given.utf8), Array(token.utf8)) else {
                return .page(MailPages.door(isWrong: true), status: 401)
            }
            return .move(to: "/", cookie: cookie(pass))
        default: break
        }
        if let key = request.query["key"], Credentials.areEqual(Array(key.utf8), Array(pass.utf8)) {
            // Two slashes would lead to another host.
            return .move(to: "/" + request.path.drop { $0 == "/" }, cookie: cookie(pass))
        }
        guard isLetIn(pass) else { return .page(MailPages.door(isWrong: false), status: 401) }
        return try await page(segments)
    }

    private func cookie(_ pass: String) -> String {
        "\(Self.cookieName)=\(pass); Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"
    }

    private func isLetIn(_ pass: String) -> Bool {
        let cookies = request.headers.all("Cookie").flatMap { $0.split(separator: ";") }
        return cookies.contains { cookie in
            let halves = cookie.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            return halves.count == 2 && halves[0] == Self.cookieName
                && Credentials.areEqual(Array(halves[1].utf8), Array(pass.utf8))
        }
    }

    /// Whether a page of this very host sends it.
    private var isFromHere: Bool {
        guard let origin = request.headers["Origin"] else { return request.headers["Sec-Fetch-Site"] == "same-origin" }
        let host = request.headers["Host"] ?? ""
        return ["http://\(host)", "https://\(host)"].contains(origin.lowercased())
    }

    private var form: [String: String] {
        var form: [String: String] = [:]
        for pair in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1).map { PercentCoding.decode($0, plusIsSpace: true) }
            form[halves.first ?? ""] = halves.dropFirst().first ?? ""
        }
        return form
    }

    // MARK: Pages

    private func page(_ segments: [String]) async throws -> Answer {
        switch (request.method, segments.first, segments.count) {
        case ("GET", nil, _), ("HEAD", nil, _): return try await list()
        case ("GET", "mail", 2): return try await mail(segments[1])
        case ("GET", "mail", 3): return try await part(segments[1], segments[2])
        case ("GET", "mail", 4): return try await attachment(segments[1], segments[3])
        case ("POST", "mail", 3) where segments[2] == "remove":
            try await platform.removeMail(try await platform.mail(segments[1]).message)
            return .move(to: "/")
        case ("POST", "keys", 1):
            let addon = try await platform.addon(form["addon"] ?? "", in: nil)
            let (_, secret) = try await platform.createMailKey(
                form["name"].flatMap { $0.isEmpty ? nil : $0 } ?? "inbox", of: addon)
            return .page(MailPages.key(secret, of: addon.name))
        case ("POST", "clear", 1):
            let addon = try await platform.addon(form["addon"] ?? "", in: nil)
            try await platform.clearMail(of: addon)
            return .move(to: "/")
        default: throw BadRequest.noSuchEndpoint("\(request.method) \(request.path)")
        }
    }

    private func list() async throws -> Answer {
        let all = try await platform.mailAddons()
        let chosen = request.query["addon"] ?? ""
        let search = request.query["q"] ?? ""
        let addons = chosen.isEmpty ? all : all.filter { $0.name == chosen }
        let mails = try await platform.mails(
            of: addons, containing: search, below: request.query["below"].flatMap { Int($0) },
            limit: MailPages.pageSize)
        var rows: [MailPages.Box] = []
        for addon in all {
            rows.append(
                .init(
                    name: addon.name, app: try await platform.app("\(addon.app)").name.text,
                    count: try await platform.countMails(of: addon), hasKeys: addon.service == "sendgrid"))
        }
        let names = Dictionary(all.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
        return .page(MailPages.list(mails, names: names, boxes: rows, chosen: chosen, search: search))
    }

    private func mail(_ number: String) async throws -> Answer {
        let (message, raw) = try await platform.mail(number)
        return .page(MailPages.mail(message, try await platform.content(of: raw)))
    }

    private func part(_ number: String, _ name: String) async throws -> Answer {
        let (_, raw) = try await platform.mail(number)
        switch name {
        case "raw": return Answer(headers: ["Content-Type": "text/plain; charset=utf-8"], body: raw)
        case "html":
            let content = try await platform.content(of: raw)
            return Answer(
                headers: [
                    "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": MailPages.sandbox,
                ], body: Array(MailPages.withImages(content).utf8))
        default: throw BadRequest.noSuchEndpoint(request.path)
        }
    }

    private func attachment(_ number: String, _ index: String) async throws -> Answer {
        let content = try await platform.content(of: try await platform.mail(number).raw)
        guard let index = Int(index), content.attachments.indices.contains(index) else {
            throw BadRequest.noSuchEndpoint(request.path)
        }
        let file = content.attachments[index]
        return Answer(
            headers: [
                "Content-Type": "application/octet-stream", "Content-Security-Policy": MailPages.sandbox,
                "Content-Disposition": "attachment; filename*=utf-8''\(PercentCoding.encode(file.name))",
            ], body: file.bytes)
    }
}
