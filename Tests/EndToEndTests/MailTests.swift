import Posix
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Mail of an app")
    struct MailTests {
        /// An app that sends with the real `sendgrid` package, and with smtplib.
        private static let files = AppFiles.python("mail").merging([
            "requirements.txt": "sendgrid\n",
            "send.py": """
            import os
            from sendgrid import SendGridAPIClient
            from sendgrid.helpers.mail import Mail

            mail = Mail(
                from_email="me@example.com", to_emails="ann@example.com", subject="From the package",
                html_content="<strong>It works</strong>")
            print("answer", SendGridAPIClient(os.environ["SENDGRID_API_KEY"]).send(mail).status_code)

            """,
            "smtp.py": """
            import os, smtplib

            with smtplib.SMTP(os.environ["SENDGRID_SMTP_SERVER"], int(os.environ["SENDGRID_SMTP_PORT"])) as server:
                server.login(os.environ["SENDGRID_USERNAME"], os.environ["SENDGRID_PASSWORD"])
                server.sendmail("me@example.com", ["bob@example.com"], "Subject: From smtplib\\n\\nPlain text\\n")
            print("sent")

            """,
            "plain.py": """
            import json, os, urllib.request

            body = {
                "personalizations": [{"to": [{"email": "me@example.com"}]}], "from": {"email": "me@example.com"},
                "subject": "From here", "content": [{"type": "text/plain", "value": "local"}]}
            request = urllib.request.Request(
                "https://api.sendgrid.com/v3/mail/send", data=json.dumps(body).encode(), headers={
                    "Authorization": "Bearer " + os.environ["SENDGRID_API_KEY"], "Content-Type": "application/json"})
            print("answer", urllib.request.urlopen(request).status)

            """,
        ]) { $1 }

        @Test(
            "sent with the unmodified sendgrid package or with smtplib is kept, at every level",
            .timeLimit(.minutes(5)),
            arguments: [nil, "L3"])
        func sent(level: String?) async throws {
            try await TestPlatform.with(level: level) { platform in
                let app = try await TestApp("letters", on: platform, files: Self.files)
                try await app.push().orThrow()
                try await app.paas("addons:create", "sendgrid:starter").orThrow()
                try await app.paas("mail:keys:create", "--name", "app", "--set").orThrow()
                let sent = try await app.paas("run", "python", "send.py")
                #expect(sent.output.contains("answer 202"), "\(sent)")
                let smtp = try await app.paas("run", "python", "smtp.py")
                #expect(smtp.output.contains("sent"), "\(smtp)")

                let list = try await app.paas("mail").orThrow()
                #expect(list.output.contains("From the package") && list.output.contains("From smtplib"), "\(list)")
                #expect(list.output.contains("2 in all."), "\(list)")
                let found = try await app.paas("mail", "--search", "package", "--json").orThrow()
                let number = try #require(found.output.jsonField("number"))
                #expect(try await app.paas("mail:open", number, "--html").output == "<strong>It works</strong>\n")
                let shown = try await app.paas("mail:open", number).orThrow()
                #expect(shown.output.contains("To: ann@example.com\nSubject: From the package\n"), "\(shown)")

                let info = try await app.paas("addons:info", "sendgrid").orThrow()
                #expect(info.output.contains("dynos reach api.sendgrid.com"), "\(info)")
                #expect(try await platform.get("mail.localhost").status == 401)

                try await app.paas("mail:clear", "--confirm", "letters").orThrow()
                #expect(try await app.paas("mail").output == "No mail has been sent by letters.\n")
                try await app.paas("addons:destroy", "sendgrid", "--confirm", "letters").orThrow()
                #expect(try await app.paas("run", "env").output.contains("https_proxy") == false)
            }
        }

        @Test("reaches the same place from local:run, and again after the daemon was killed", .timeLimit(.minutes(3)))
        func local() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp(
                    "letters", on: platform, files: AppFiles.python("mail").merging(Self.files) { own, _ in own })
                try await app.paas("addons:create", "sendgrid").orThrow()
                let key = try await app.paas("mail:keys:create").orThrow().output.prefix { $0 != "\n" }
                for kills in [false, true] {
                    if kills {
                        let pid = try #require(try await platform.status("pid").flatMap { Int32($0) })
                        Subprocess.signal(pid, Signals.kill)
                        // The next command starts another one.
                        try await app.paas("apps").orThrow()
                    }
                    let outcome = try await platform.shell(
                        "SENDGRID_API_KEY=$1 paas local:run python3 plain.py", String(key), in: app.folder)
                    #expect(outcome.output.contains("answer 202"), "\(outcome)")
                }
                #expect(try await app.paas("mail").output.contains("2 in all."))
            }
        }
    }
}
