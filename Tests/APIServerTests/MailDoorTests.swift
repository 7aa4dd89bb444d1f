import Addons
import HTTP
import Model
import Platform
import PlatformSupport
import Posix
import TestSupport
import Testing

@testable import APIServer

@Suite("Mail that comes in", .timeLimit(.minutes(2)))
struct MailDoorTests {
    /// An app with SendGrid, real doors of mail on loopback, and the API before them.
    private struct Desk {
        let door: Door
        let app: App
        let addon: Addon
        let post: MailPost
        let token: String

        var password: String { addon.values["PASSWORD"] ?? "" }
        var environment: [String: String] { post.environment(for: addon.values) }

        func key() async throws -> String {
            try await door.stage.platform.createMailKey("test", of: addon).secret
        }

        func mails() async throws -> [MailMessage] { try await door.stage.platform.mails(of: [addon]) }

        /// Sends by SendGrid's API at `mail.localhost`.
        func send(_ body: String, key: String?, path: String = "/v3/mail/send") async throws -> Reply {
            try await door.askRouted(
                "POST", path, token: key.map { "Bearer \($0)" }, host: "mail.localhost:8080",
                ["Content-Type": "application/json"], body: body)
        }

        /// What Python says to a script.
        func python(_ script: String, _ environment: [String: String] = [:]) async throws -> String {
            let known = ["SMTP_PORT": "\(post.ports?.smtp ?? 0)", "PROXY_PORT": "\(post.ports?.proxy ?? 0)"]
            let all = addon.values.merging(known) { $1 }.merging(environment) { $1 }
            let path = Environment.all["PATH"] ?? "/usr/bin:/bin"
            return try await BlockingPool(limit: 1).run {
                let program = Subprocess.find("python3", path: path) ?? "/usr/bin/python3"
                let (end, output, errors) = try Subprocess.capture(
                    program, arguments: ["-c", script], environment: all.merging(["PATH": path]) { $1 })
                return String(decoding: output, as: UTF8.self)
                    + (end.isSuccess ? "" : String(decoding: errors, as: UTF8.self))
            }
        }
    }

    private func desk(_ body: (Desk) async throws -> Void) async throws {
        let folder = "/tmp/paas-mail-tests-\(Identifier<Desk>())"
        try FileTree.makeFolder(folder)
        let post = MailPost(folder: folder, reactor: try Reactor(), pool: BlockingPool(limit: 2))
        try await Door.with(
            addons: AddonCatalogue(mail: Mail(post)),
            andServing: { platform, api in
                await post.serve(
                    .init(
                        authenticate: { await platform.mailAccount(user: $0, password: $1) },
                        deliver: { await platform.keep($1, of: $0) },
                        answer: { await HTTPServer { await api.serveWorld($0, $1, $2) }.serve($0) }))
            }
        ) { door in
            let app = try await door.stage.deployed("shop", ["web": "serve"]).app
            let (addon, _) = try await door.stage.platform.createAddon(AddonRequest(plan: "sendgrid:starter"), for: app)
            let token = try await door.stage.platform.token()
            try await body(Desk(door: door, app: app, addon: addon, post: post, token: token))
        }
        try FileTree.remove(folder)
    }

    private static let letter = """
        {"personalizations":[{"to":[{"email":"ann@example.com"}]}],"from":{"email":"me@example.com"},
        "subject":"<b>Hi</b>","content":[{"type":"text/plain","value":"there"},
        {"type":"text/html","value":"<script>alert(1)</script>"}]}
        """

    // MARK: SendGrid's API

    @Test("sent by SendGrid's API is kept, with an answer like theirs")
    func api() async throws {
        try await desk { desk in
            let reply = try await desk.send(Self.letter, key: try await desk.key())
            #expect(reply.status == 202 && reply.body.isEmpty && reply.headers["X-Message-Id"]?.count == 22)
            let mail = try #require(try await desk.mails().first)
            #expect(mail.sender == "me@example.com" && mail.recipients == ["ann@example.com"])
            #expect(mail.subject == "<b>Hi</b>" && mail.channel == .api)
        }
    }

    @Test("without a key, with another's, for another endpoint, or malformed is refused as theirs")
    func refused() async throws {
        try await desk { desk in
            let key = try await desk.key()
            #expect(try await desk.send(Self.letter, key: nil).status == 401)
            let wrong = try await desk.send(Self.letter, key: "SG.x.y")
            #expect(
                wrong.text
                    == #"{"errors":[{"field":null,"help":null,"message":"The provided authorization grant is invalid, expired, or revoked"}]}"#
            )
            #expect(wrong.status == 401)
            #expect(try await desk.send("{}", key: key, path: "/v3/user/email").status == 403)
            #expect(try await desk.send("{", key: key).status == 400)
            _ = try await desk.door.stage.platform.removeMailKey("test", of: desk.addon)
            #expect(try await desk.send(Self.letter, key: key).status == 401)
            #expect(try await desk.mails().isEmpty)
        }
    }

    @Test("is listed, searched, shown, counted and removed through the platform's API; keys are shown once")
    func endpoints() async throws {
        try await desk { desk in
            let door = desk.door
            let made = try await door.ask("POST", "/paas/v1/addons/\(desk.addon.name)/mail/keys", #"{"name":"one"}"#)
            let key = try #require(try made.json()["key"]?.text)
            #expect(key.wholeMatch(of: /SG\.[\w-]{22}\.[\w-]{43}/) != nil)
            let keys = try await door.ask("GET", "/paas/v1/addons/\(desk.addon.name)/mail/keys")
            #expect(!keys.text.contains(key) && keys.text.contains(String(key.prefix(11))))
            _ = try await desk.send(Self.letter, key: key)
            let list = try await door.ask("GET", "/paas/v1/apps/shop/mail?q=THERE")
            #expect(try list.column("subject").compactMap(\.text) == ["<b>Hi</b>"])
            #expect(try await door.ask("GET", "/paas/v1/apps/shop/mail?q=50%25").text == "[]")
            let number = try #require(try await desk.mails().first?.number)
            let one = try await door.ask("GET", "/paas/v1/mail/\(number)")
            #expect(try one.json()["text"]?.text == "there")
            #expect(try await door.ask("GET", "/paas/v1/mail/\(number)/raw").text.hasPrefix("Date: "))
            #expect(try await door.ask("GET", "/paas/v1/apps/shop/mail/status").text.contains(#""count":1"#))
            #expect(try await door.ask("DELETE", "/paas/v1/apps/shop/mail").status == 204)
            #expect(try await door.ask("GET", "/paas/v1/mail/\(number)").status == 404)
        }
    }

    @Test("goes with its add-on")
    func gone() async throws {
        try await desk { desk in
            _ = try await desk.send(Self.letter, key: try await desk.key())
            let number = try #require(try await desk.mails().first?.number)
            try await desk.door.stage.platform.destroy(desk.addon)
            #expect(try await desk.door.ask("GET", "/paas/v1/mail/\(number)").status == 404)
            #expect(desk.environment.isEmpty)
        }
    }

    @Test("sent by the APIs of Mailgun and Mailtrap is kept; without their keys it is not", .needs("python3"))
    func others() async throws {
        try await desk { desk in
            let platform = desk.door.stage.platform
            let (gun, _) = try await platform.createAddon(AddonRequest(plan: "mailgun"), for: desk.app)
            let (trap, _) = try await platform.createAddon(AddonRequest(plan: "mailtrap"), for: desk.app)
            let said = try await desk.python(
                """
                import base64, json, os, urllib.error, urllib.parse, urllib.request
                def ask(url, data, **headers):
                    headers = {name.replace("_", "-"): value for name, value in headers.items()}
                    try:
                        with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers)) as answer:
                            print(answer.status, list(json.load(answer)))
                    except urllib.error.HTTPError as error: print(error.code)
                form = urllib.parse.urlencode(
                    {"from": "me@example.com", "to": "ann@example.com", "subject": "Gun", "text": "x"}).encode()
                place = "https://api.mailgun.net/v3/" + os.environ["DOMAIN"] + "/messages"
                for key in (os.environ["API_KEY"], "wrong"):
                    ask(place, form, Authorization="Basic " + base64.b64encode(b"api:" + key.encode()).decode())
                mail = json.dumps({
                    "from": {"email": "me@example.com"}, "to": [{"email": "bob@example.com"}], "subject": "Trap",
                    "text": "x"}).encode()
                for token in (os.environ["API_TOKEN"], "wrong"):
                    ask("https://send.api.mailtrap.io/api/send", mail, Api_Token=token, Content_Type="application/json")
                """, desk.environment.merging(gun.values) { $1 }.merging(trap.values) { $1 })
            #expect(said == "200 ['id', 'message']\n401\n200 ['success', 'message_ids']\n401\n")
            #expect(try await platform.mails(of: [gun]).map(\.subject) == ["Gun"])
            #expect(try await platform.mails(of: [trap]).map(\.recipients) == [["bob@example.com"]])
        }
    }

    // MARK: The inbox

    private func page(
        _ desk: Desk, _ path: String, _ headers: HTTPHeaders = [:], posting body: String? = nil
    ) async throws -> Reply {
        try await desk.door.askRouted(
            body == nil ? "GET" : "POST", path, token: nil, host: "mail.localhost:8080", headers, body: body)
    }

    /// The cookie that the token buys.
    private func cookie(_ desk: Desk) async throws -> String {
        let entered = try await page(
            desk, "/enter", ["Origin": "http://mail.localhost:8080"], posting: "token=\(desk.token)")
        #expect(entered.status == 303)
        return String(entered.headers["Set-Cookie"]?.split(separator: ";").first ?? "")
    }

    @Test("is shown in the inbox to its owner alone, with everything in it escaped or locked in")
    func inbox() async throws {
        try await desk { desk in
            _ = try await desk.send(Self.letter, key: try await desk.key())
            let number = try #require(try await desk.mails().first?.number)
            for path in ["/", "/mail/\(number)", "/mail/\(number)/raw"] {
                let reply = try await page(desk, path)
                #expect(reply.status == 401 && !reply.text.contains("ann@example.com"), "\(path)")
            }
            let cookie: HTTPHeaders = ["Cookie": try await cookie(desk)]
            let list = try await page(desk, "/", cookie)
            #expect(list.text.contains("&lt;b&gt;Hi&lt;/b&gt;") && !list.text.contains("<b>Hi"))
            #expect(list.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            #expect(try await page(desk, "/?q=nothing", cookie).status == 200)
            let shown = try await page(desk, "/mail/\(number)", cookie)
            #expect(
                shown.text.contains("<iframe sandbox src=\"/mail/\(number)/html\"") && !shown.text.contains("<script>"))
            let html = try await page(desk, "/mail/\(number)/html", cookie)
            #expect(html.text == "<script>alert(1)</script>")
            #expect(html.headers["Content-Security-Policy"]?.hasPrefix("sandbox; default-src 'none'") == true)
        }
    }

    @Test("can't be had or changed by a page of another host, nor by a wrong token")
    func foreign() async throws {
        try await desk { desk in
            let cookie = try await cookie(desk)
            for origin in ["http://evil.example", "http://shop.localhost:8080", "null"] {
                let reply = try await page(
                    desk, "/keys", ["Origin": origin, "Cookie": cookie], posting: "addon=\(desk.addon.name)")
                #expect(reply.status == 403)
            }
            #expect(try await page(desk, "/keys", ["Cookie": cookie], posting: "").status == 403)
            let wrong = try await page(
                desk, "/enter", ["Origin": "http://mail.localhost:8080"], posting: "token=x")
            #expect(wrong.status == 401 && wrong.headers["Set-Cookie"] == nil)
            #expect(try await page(desk, "/", ["Cookie": "paas_mail=x"]).status == 401)
            #expect(try await desk.door.stage.platform.mailKeys(of: desk.addon).isEmpty)
        }
    }

    @Test("has a button for a key, which works")
    func button() async throws {
        try await desk { desk in
            let headers: HTTPHeaders = ["Origin": "http://mail.localhost:8080", "Cookie": try await cookie(desk)]
            let reply = try await page(desk, "/keys", headers, posting: "addon=\(desk.addon.name)&name=page")
            let key = try #require(reply.text.firstMatch(of: /SG\.[\w-]{22}\.[\w-]{43}/)).output
            #expect(try await desk.send(Self.letter, key: String(key)).status == 202)
        }
    }

    @Test("is opened by the add-on's link")
    func link() async throws {
        try await desk { desk in
            let addon = try await desk.door.ask("GET", "/addons/\(desk.addon.name)")
            let url = try #require(try addon.json()["web_url"]?.text)
            #expect(url.hasPrefix("http://mail.localhost:8080/?key="))
            let opened = try await page(desk, String(url.dropFirst("http://mail.localhost:8080".count)))
            #expect(opened.status == 303 && opened.headers["Location"] == "/")
            let cookie = String(opened.headers["Set-Cookie"]?.split(separator: ";").first ?? "")
            #expect(try await page(desk, "/", ["Cookie": cookie]).status == 200)
        }
    }

    // MARK: Real clients

    @Test("sent with smtplib is kept, with TLS or without, to several and with an attachment", .needs("python3"))
    func smtp() async throws {
        try await desk { desk in
            let said = try await desk.python(
                """
                import os, smtplib
                from email.message import EmailMessage
                mail = EmailMessage()
                mail["From"], mail["To"], mail["Subject"] = "me@example.com", "ann@example.com", "Grüße"
                mail.set_content("Line\\n.dot\\n")
                mail.add_alternative("<p>héllo</p>", subtype="html")
                mail.add_attachment(b"\\x00\\x01", maintype="application", subtype="x-two", filename="two.bin")
                for tls in (False, True):
                    with smtplib.SMTP("127.0.0.1", int(os.environ["SMTP_PORT"])) as server:
                        if tls: server.starttls()
                        server.login(os.environ["USERNAME"], os.environ["PASSWORD"])
                        server.send_message(mail, to_addrs=["ann@example.com", "bob@example.com"])
                with smtplib.SMTP("127.0.0.1", int(os.environ["SMTP_PORT"])) as server:
                    try: server.login(os.environ["USERNAME"], "wrong")
                    except smtplib.SMTPAuthenticationError as error: print(error.smtp_code)
                """)
            #expect(said == "535\n")
            let mails = try await desk.mails()
            #expect(mails.map(\.subject) == ["Grüße", "Grüße"])
            #expect(mails.first?.recipients == ["ann@example.com", "bob@example.com"])
            let number = try #require(mails.first?.number)
            let (_, raw) = try await desk.door.stage.platform.mail("\(number)")
            let content = try await desk.door.stage.platform.content(of: raw)
            #expect(content.text == "Line\r\n.dot\r\n" && content.html?.hasPrefix("<p>héllo</p>") == true)
            #expect(content.attachments.map(\.name) == ["two.bin"] && content.attachments[0].bytes == [0, 1])
        }
    }

    @Test(
        "sent to SendGrid's own host through the proxy is kept, and the certificate stands the check", .needs("python3")
    )
    func proxy() async throws {
        try await desk { desk in
            let said = try await desk.python(
                """
                import os, urllib.request
                request = urllib.request.Request(
                    "https://api.sendgrid.com/v3/mail/send", method="POST", data=os.environ["LETTER"].encode(),
                    headers={"Authorization": "Bearer " + os.environ["KEY"], "Content-Type": "application/json"})
                with urllib.request.urlopen(request) as answer: print(answer.status)
                """, desk.environment.merging(["KEY": try await desk.key(), "LETTER": Self.letter]) { $1 })
            #expect(said == "202\n")
            #expect(try await desk.mails().count == 1)
        }
    }

    @Test("has a proxy that asks for its credential and passes everything else through untouched", .needs("python3"))
    func tunnel() async throws {
        try await desk { desk in
            let said = try await desk.python(
                """
                import base64, os, socket, threading, urllib.parse
                listener = socket.create_server(("127.0.0.1", 0))
                def echo():
                    connection = listener.accept()[0]
                    while data := connection.recv(65536): connection.sendall(data[::-1])
                    connection.close()
                threading.Thread(target=echo, daemon=True).start()
                def ask(credentials, place):
                    proxy = socket.create_connection(("127.0.0.1", int(os.environ["PROXY_PORT"])))
                    proxy.sendall(f"CONNECT {place} HTTP/1.1\\r\\nHost: x\\r\\n{credentials}\\r\\n".encode())
                    return proxy, proxy.recv(65536)
                place = "127.0.0.1:%d" % listener.getsockname()[1]
                url = urllib.parse.urlsplit(os.environ["https_proxy"])
                right = base64.b64encode(f"{url.username}:{url.password}".encode()).decode()
                for credentials in ("", "Proxy-Authorization: Basic eDp4\\r\\n"):
                    print(ask(credentials, place)[1][9:12].decode())
                proxy, answer = ask(f"Proxy-Authorization: Basic {right}\\r\\n", place)
                proxy.sendall(b"abc")
                print(answer[9:12].decode(), proxy.recv(9).decode())
                proxy.shutdown(socket.SHUT_WR)
                print(repr(proxy.recv(9)))
                print(ask(f"Proxy-Authorization: Basic {right}\\r\\n", "127.0.0.1:1")[1][9:12].decode())
                """, desk.environment)
            #expect(said == "407\n407\n200 cba\nb''\n502\n")
        }
    }

    @Test("is reached by dynos through their environment, unless mail-proxy is off")
    func environment() async throws {
        try await desk { desk in
            let platform = desk.door.stage.platform
            let reach = try #require(try await platform.mailReach(of: desk.app))
            #expect(reach.environment["https_proxy"]?.hasSuffix("@127.0.0.1:\(desk.post.ports?.proxy ?? 0)") == true)
            #expect(reach.environment["NO_PROXY"]?.contains("127.0.0.1") == true)
            #expect(reach.environment["SSL_CERT_FILE"]?.hasSuffix("/mail/trust/bundle.pem") == true)
            let dyno = try #require(desk.door.stage.runtime.started.last?.spec)
            #expect(dyno.environment["https_proxy"] == reach.environment["https_proxy"])
            #expect(dyno.readable == [desk.post.trustFolder])
            let behind = try #require(try await platform.mailReach(of: desk.app, proxy: "http://proxy.example:3128"))
            #expect(behind.environment["https_proxy"]?.contains("//via-") == true)
            let app = try await platform.setFeature("mail-proxy", isOn: false, of: desk.app)
            #expect(try await platform.mailReach(of: app)?.environment == [:])
        }
    }
}
