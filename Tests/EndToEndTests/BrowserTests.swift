import TestSupport
import Testing

extension EndToEnd {
    @Suite("A browser (Chromium)", .needs("chromium"))
    struct BrowserTests {
        @Test(
            "shows an app over HTTP, and over HTTPS by HTTP/2 once it trusts the platform's authority",
            .timeLimit(.minutes(3)))
        func pages() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("shown", on: platform, files: Self.page)
                try await app.push().orThrow()
                let plain = "http://\(app.host):\(platform.port)/"
                let secure = "https://\(app.host):\(platform.port)/"
                #expect(try await Self.show(plain, on: platform).contains("<p>came by http/1.1</p>"))
                #expect(try await Self.show(secure, on: platform).contains("came by") == false)
                // What `certs:trust` does for browsers, without touching the machine's own store.
                try await platform.shell(
                    """
                    store="sql:$HOME/.pki/nssdb" && mkdir -p "$HOME/.pki/nssdb" && certutil -N -d "$store" --empty-password
                    certutil -A -d "$store" -t C,, -n paas -i "$PAAS_HOME/tls/paas-ca.pem"
                    """
                ).orThrow()
                let trusted = try await Self.show(secure, on: platform)
                #expect(trusted.contains("<p>came by h2</p>"), "\(trusted)")
            }
        }

        @Test("shows the inbox to its owner, and runs nothing of what a mail brings", .timeLimit(.minutes(3)))
        func inbox() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("letters", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "sendgrid").orThrow()
                let inbox = try await app.paas("mail:open", "--show-url").orThrow().output.filter { !$0.isNewline }
                let stranger = try await Self.show("http://mail.localhost:\(platform.port)/", on: platform)
                #expect(!stranger.contains("Search"), "\(stranger)")
                let sent = try await platform.shell(
                    """
                    key=$(paas mail:keys:create -a letters) && curl -sS -w '%{http_code}' -H "Authorization: Bearer $key" \\
                        -H 'Content-Type: application/json' -d "$1" http://mail.localhost:$(cat port)/v3/mail/send
                    """.replacing("$(cat port)", with: "\(platform.port)"), Self.mail)
                #expect(sent.output == "202", "\(sent)")

                let list = try await Self.show(inbox, on: platform)
                #expect(list.contains("&lt;i&gt;changed&lt;/i&gt;") && list.contains("Create API key"), "\(list)")
                let mail = try await Self.show("http://mail.localhost:\(platform.port)/mail/1", on: platform)
                #expect(mail.contains("<iframe sandbox=\"\" src=\"/mail/1/html\""), "\(mail)")
                let html = try await Self.show("http://mail.localhost:\(platform.port)/mail/1/html", on: platform)
                #expect(html.contains("Hello") && !html.contains("<p>ran</p>"), "\(html)")
            }
        }

        /// What stands in the page when its scripts have run.
        private static func show(_ url: String, on platform: TestPlatform) async throws -> String {
            try await platform.shell(
                """
                timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$HOME/browser" \\
                    --virtual-time-budget=4000 --dump-dom "$1" 2>/dev/null
                """, url
            ).output
        }

        private static let page = [
            "requirements.txt": "", "Procfile": "web: exec python -m http.server $PORT\n",
            "index.html": """
            <!doctype html><title>shown</title><script>
            const way = performance.getEntriesByType("navigation")[0].nextHopProtocol
            document.write("<p>came by " + way + "</p>")
            </script>

            """,
        ]

        private static let mail = """
            {"personalizations": [{"to": [{"email": "you@example.com"}]}], "from": {"email": "app@example.com"},
             "subject": "A page has <i>changed</i>", "content": [{"type": "text/html",
             "value": "<h1>Hello</h1><script>document.write('<p>ran' + '</p>')</script><img src=x onerror=document.write('<p>ran'+'</p>')>"}]}
            """
    }
}
