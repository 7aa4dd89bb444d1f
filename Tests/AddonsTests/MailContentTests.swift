import Model
import Testing

@testable import Addons

@Suite("A mail, taken apart,")
struct MailContentTests {
    private func parse(_ text: String) -> MailContent {
        MailContent(parsing: Array(text.replacing("\n", with: "\r\n").utf8))
    }

    @Test("has its headers unfolded and decoded")
    func headers() {
        let mail = parse(
            """
            Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?utf-8?b?IGF1cyDDlg==?=
            To: Ann <ann@example.com>,
             Bob <bob@example.com>

            Hi
            """)
        #expect(mail["subject"] == "Grüße aus Ö" && mail["To"] == "Ann <ann@example.com>, Bob <bob@example.com>")
        #expect(mail.text == "Hi" && mail.html == nil && mail.attachments.isEmpty)
    }

    @Test("has text, HTML, attachments and inline images, however they are wrapped")
    func parts() {
        let mail = parse(
            """
            Content-Type: multipart/mixed; boundary="outer"

            preamble
            --outer
            Content-Type: multipart/related; boundary=inner

            --inner
            Content-Type: multipart/alternative; boundary="alt"

            --alt
            Content-Type: text/plain; charset=iso-8859-1
            Content-Transfer-Encoding: quoted-printable

            caf=E9 =
            noir
            --alt
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: base64

            PGI+aGk8L2I+
            --alt--
            --inner
            Content-Type: image/png; name="dot.png"
            Content-ID: <dot>
            Content-Transfer-Encoding: base64

            AAEC
            --inner--
            --outer
            Content-Type: application/pdf
            Content-Disposition: attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf

            %PDF
            --outer--
            epilogue
            """)
        #expect(mail.text == "café noir" && mail.html == "<b>hi</b>")
        #expect(mail.attachments.map(\.name) == ["dot.png", "résumé.pdf"])
        #expect(mail.attachments.first?.contentID == "dot" && mail.attachments.first?.bytes == [0, 1, 2])
        #expect(mail.attachments.last?.bytes == Array("%PDF".utf8))
    }

    @Test("shows something of whatever it is", arguments: ["", "no header at all", "\n\n", ": x\n\ny", "A", "A:"])
    func anyText(text: String) { _ = parse(text) }

    @Test("does not follow parts without end")
    func nested() {
        var text = ""
        for depth in 0..<500 { text += "Content-Type: multipart/mixed; boundary=b\(depth)\n\n--b\(depth)\n" }
        #expect(parse(text + "\nend").attachments.count <= 1)
    }

    @Test("survives whatever is sent", arguments: 0..<200)
    func anything(seed: UInt64) {
        var generator = Seeded(seed)
        let words = [
            "Content-Type: multipart/mixed; boundary=b\r\n", "\r\n", "--b", "--b\r\n", "--b--\r\n", "=?utf-8?q?=C3?=",
            "=?", "?=", "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n", "=",
            "=4", "=\n", "filename*0*=utf-8''%", "; name=\"\\", "Subject: ", "é", "\0", "charset=utf-16\r\n",
        ]
        var bytes: [UInt8] = []
        for _ in 0..<100 {
            bytes += (words.randomElement(using: &generator) ?? "").utf8
            if Bool.random(using: &generator) { bytes.append(UInt8.random(in: 0...255, using: &generator)) }
        }
        _ = MailContent(parsing: bytes)
    }

    @Test("is what was put together from an API's request")
    func outgoing() throws {
        var mail = OutgoingMail(from: .init(email: "me@example.com", name: "Zoë, the \"boss\""))
        mail.to = [.init(email: "ann@example.com", name: "Ann"), .init(email: "bob@example.com")]
        mail.bcc = [.init(email: "secret@example.com")]
        mail.subject = "Neue Grüße und eine sehr lange Zeile, die mehr als ein kodiertes Wort braucht ✓"
        mail.headers = [("X-One", "a\r\nX-Two: b")]
        mail.content = [.init(type: "text/plain", value: "héllo"), .init(type: "text/html", value: "<p>héllo</p>")]
        mail.attachments = [
            .init(name: "naïve.txt", type: "text/plain", contentID: nil, bytes: Array("file".utf8))
        ]
        let time = try #require(Timestamp(iso8601: "2026-01-02T03:04:05Z"))
        let raw = try mail.message(id: "id", at: time)
        let parsed = MailContent(parsing: raw)
        #expect(parsed["Subject"] == mail.subject && parsed["Date"] == "Fri, 02 Jan 2026 03:04:05 +0000")
        #expect(parsed["To"] == "Ann <ann@example.com>, bob@example.com" && parsed["X-Two"] == nil)
        #expect(parsed["From"] == "Zoë, the \"boss\" <me@example.com>")
        #expect(parsed.text == "héllo" && parsed.html == "<p>héllo</p>")
        #expect(parsed.attachments.map(\.name) == ["naïve.txt"] && parsed.attachments[0].bytes == Array("file".utf8))
        #expect(!String(decoding: raw, as: UTF8.self).contains("secret@example.com"))
    }
}
