internal import FoundationEssentials
internal import HTTP
internal import Model

/// The inbox's pages. Everything that comes out of a mail is escaped, or in a frame that may do nothing.
enum MailPages {
    struct Box: Sendable {
        let name: String
        let app: String
        let count: Int
        let hasKeys: Bool
    }

    static let pageSize = 50

    /// What lets a browser in; another token ends it.
    static func pass(_ token: String) -> String { Digest.code(of: "mail.localhost", key: token).hex }

    /// In lower case, without a port.
    static func host(of request: HTTPRequest) -> String {
        let host = (request.headers["Host"] ?? "").lowercased()
        return host.lastIndex(of: ":").map { String(host[..<$0]) } ?? host
    }

    static let headers: [(String, String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// For what a mail brings along: no scripts, no forms, nothing from elsewhere.
    static let sandbox =
        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'self'"

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    /// The HTML of a mail, with the images that came with it in the place of their names.
    static func withImages(_ content: MailContent) -> String {
        var html = content.html ?? ""
        for file in content.attachments {
            guard let id = file.contentID, !id.isEmpty, file.type.hasPrefix("image/"), html.contains("cid:\(id)")
            else { continue }
            html = html.replacing(
                "cid:\(id)", with: "data:\(file.type);base64,\(Data(file.bytes).base64EncodedString())")
        }
        return html
    }

    // MARK: The frame around them

    private static func frame(_ title: String, _ body: String, isLive: Bool = false) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>\(escaped(title))</title><link rel="stylesheet" href="/style.css">\
        \(isLive ? "<script src=\"/live.js\" defer></script>" : "")</head>
        <body><header><a class="brand" href="/">mail<span>.localhost</span></a></header>
        <main>\(body)</main></body></html>
        """
    }

    static func message(_ text: String) -> String { frame("mail", "<p class=\"note\">\(escaped(text))</p>") }

    static func door(isWrong: Bool) -> String {
        frame(
            "mail",
            """
            <section class="door"><h1>Whose mail is it?</h1>
            <p>Type <code>paas mail:open</code> in a terminal, which opens this page for you, or paste what
            <code>paas auth:token</code> prints.</p>
            <form method="post" action="/enter"><input name="token" type="password" autocomplete="off" autofocus
            aria-label="token"><button>Enter</button></form>\(isWrong ? "<p class=\"wrong\">That is not it.</p>" : "")
            </section>
            """)
    }

    static func key(_ secret: String, of addon: String) -> String {
        frame(
            "key",
            """
            <section class="door"><h1>A key for \(escaped(addon))</h1><p>It is shown this once:</p>
            <p><code class="secret">\(escaped(secret))</code></p>
            <p><code>paas config:set SENDGRID_API_KEY=\(escaped(secret))</code></p><p><a href="/">Back</a></p></section>
            """)
    }

    // MARK: The list

    static func list(
        _ mails: [MailMessage], names: [AddonID: String], boxes: [Box], chosen: String, search: String
    ) -> String {
        var body = """
            <form class="search" method="get" action="/"><input type="search" name="q" value="\(escaped(search))"
            placeholder="Search" aria-label="Search">\
            \(chosen.isEmpty ? "" : "<input type=\"hidden\" name=\"addon\" value=\"\(escaped(chosen))\">")</form>
            <div id="live"><nav>
            """
        body += box("All", "/", boxes.reduce(0) { $0 + $1.count }, isChosen: chosen.isEmpty)
        for one in boxes {
            body += box(
                "\(one.app) · \(one.name)", "/?addon=\(PercentCoding.encode(one.name))", one.count,
                isChosen: one.name == chosen)
        }
        body += "</nav>"
        if boxes.isEmpty {
            body += "<p class=\"note\">No app sends mail yet: <code>paas addons:create sendgrid</code></p>"
        } else if mails.isEmpty {
            body += "<p class=\"note\">\(search.isEmpty ? "Nothing has been sent yet." : "Nothing found.")</p>"
        }
        body += "<ol class=\"mails\">" + mails.map { row($0, names[$0.addon] ?? "") }.joined() + "</ol>"
        if mails.count == pageSize, let last = mails.last {
            var query = "below=\(last.number)"
            if !search.isEmpty { query += "&amp;q=\(PercentCoding.encode(search))" }
            if !chosen.isEmpty { query += "&amp;addon=\(PercentCoding.encode(chosen))" }
            body += "<p><a href=\"/?\(query)\">Older</a></p>"
        }
        body += "</div>"
        for one in boxes where one.name == chosen || (boxes.count == 1 && chosen.isEmpty) { body += tools(one) }
        return frame(search.isEmpty ? "mail" : "mail: \(search)", body, isLive: true)
    }

    private static func box(_ name: String, _ path: String, _ count: Int, isChosen: Bool) -> String {
        "<a href=\"\(path)\"\(isChosen ? " class=\"chosen\"" : "")>\(escaped(name)) <b>\(count)</b></a>"
    }

    private static func row(_ mail: MailMessage, _ addon: String) -> String {
        """
        <li><a href="/mail/\(mail.number)"><span class="to">\(escaped(mail.recipients.joined(separator: ", ")))</span>
        <span class="subject">\(escaped(mail.subject.isEmpty ? "(no subject)" : mail.subject))</span>
        <span class="words">\(escaped(String(mail.words.prefix(120))))</span>
        <time>\(escaped(mail.sentAt.console.prefix(16) + ""))</time></a></li>
        """
    }

    private static func tools(_ box: Box) -> String {
        let name = escaped(box.name)
        let keys =
            """
            <form method="post" action="/keys"><input type="hidden" name="addon" value="\(name)">
            <input name="name" placeholder="Name of the key" aria-label="Name of the key" maxlength="100">
            <button>Create API key</button></form>
            """
        return """
            <footer>\(box.hasKeys ? keys : "")
            <form method="post" action="/clear"><input type="hidden" name="addon" value="\(name)">
            <button class="quiet">Remove all \(box.count)</button></form></footer>
            """
    }

    // MARK: One mail

    static func mail(_ message: MailMessage, _ content: MailContent) -> String {
        let title = message.subject.isEmpty ? "(no subject)" : message.subject
        let path = "/mail/\(message.number)"
        let lines = [
            ("From", content["From"] ?? message.sender),
            ("To", content["To"] ?? message.recipients.joined(separator: ", ")), ("Cc", content["Cc"] ?? ""),
            ("Sent to", message.recipients.joined(separator: ", ")), ("Date", message.sentAt.console),
            ("Came by", message.channel == .api ? "API" : "SMTP"),
        ]
        var body = "<article><h1>\(escaped(title))</h1><dl>"
        for (name, value) in lines where !value.isEmpty {
            body += "<dt>\(name)</dt><dd>\(escaped(value))</dd>"
        }
        body += "</dl>"
        if content.html != nil {
            body += "<iframe sandbox src=\"\(path)/html\" title=\"The mail's HTML\"></iframe>"
        }
        if let text = content.text {
            body +=
                "<details\(content.html == nil ? " open" : "")><summary>Text</summary><pre>\(escaped(text))</pre></details>"
        }
        if !content.attachments.isEmpty {
            body += "<h2>Attachments</h2><ul class=\"files\">"
            for (index, file) in content.attachments.enumerated() {
                body +=
                    "<li><a href=\"\(path)/attachments/\(index)\">\(escaped(file.name))</a> "
                    + "<span>\(escaped(file.type)), \(file.bytes.count) bytes</span></li>"
            }
            body += "</ul>"
        }
        body += "<details><summary>Headers</summary><dl>"
        for header in content.headers { body += "<dt>\(escaped(header.name))</dt><dd>\(escaped(header.value))</dd>" }
        body += "</dl></details><p class=\"more\"><a href=\"\(path)/raw\">Raw</a></p>"
        body +=
            "<form method=\"post\" action=\"\(path)/remove\"><button class=\"quiet\">Remove</button></form></article>"
        return frame(title, body)
    }

    // MARK: What they are dressed in

    static let style = """
        :root{color-scheme:light dark;--ink:#1d1b2e;--soft:#6b6880;--line:#e4e2ee;--back:#faf9fd;--card:#fff;--accent:#6b4fbb}
        @media(prefers-color-scheme:dark){:root{--ink:#eceaf5;--soft:#a5a1bb;--line:#37334a;--back:#17151f;--card:#201d2b;--accent:#b19cf0}}
        *{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        header,main{max-width:60rem;margin:0 auto;padding:1rem}a{color:var(--accent);text-decoration:none}
        .brand{font-weight:700;font-size:1.2rem;color:var(--ink)}.brand span{color:var(--soft);font-weight:400}
        input{font:inherit;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card);color:inherit}
        .search input{width:100%}button{font:inherit;padding:.5rem .9rem;border:0;border-radius:.5rem;background:var(--accent);color:var(--back);cursor:pointer}
        button.quiet{background:none;color:var(--soft);border:1px solid var(--line)}
        nav{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0}nav a{padding:.2rem .7rem;border:1px solid var(--line);border-radius:1rem;color:var(--soft)}
        nav a.chosen{border-color:var(--accent);color:var(--accent)}.mails{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:.75rem;overflow:hidden}
        .mails:empty{display:none}.mails li+li{border-top:1px solid var(--line)}
        .mails a{display:grid;grid-template-columns:12rem 1fr auto;gap:0 1rem;padding:.65rem 1rem;color:inherit}.mails a:hover{background:var(--back)}
        .mails span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.subject{font-weight:600}.words{grid-column:2;color:var(--soft)}
        time{grid-row:1;grid-column:3;color:var(--soft)}footer{display:flex;flex-wrap:wrap;gap:1rem;justify-content:space-between;margin-top:1.5rem}
        .note,.wrong{color:var(--soft);padding:2rem 0}.door{max-width:34rem;margin:3rem auto}.door form{display:flex;gap:.5rem}.door input{flex:1}
        article{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem}h1{font-size:1.3rem;margin:0 0 .75rem}h2{font-size:1rem}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0 0 1rem;overflow-wrap:anywhere}dt{color:var(--soft)}dd{margin:0}
        iframe{width:100%;height:60vh;border:1px solid var(--line);border-radius:.5rem;background:#fff}pre{white-space:pre-wrap;overflow-wrap:anywhere}
        summary{cursor:pointer;color:var(--soft);margin:.75rem 0}code{background:var(--line);padding:.1rem .35rem;border-radius:.3rem}.secret{overflow-wrap:anywhere}
        @media(max-width:40rem){.mails a{grid-template-columns:1fr auto}.subject,.words{grid-column:1}}
        """

    /// Looks every two seconds whether there is something new.
    static let script = """
        setInterval(async () => {
          if (document.hidden) return;
          try {
            const answer = await fetch(location.href, { cache: "no-store" });
            if (!answer.ok) return;
            const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
            const old = document.getElementById("live");
            if (fresh && fresh.innerHTML !== old.innerHTML) old.replaceWith(fresh);
          } catch { }
        }, 2000);
        """
}
