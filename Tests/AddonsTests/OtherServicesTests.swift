import Model
import Testing

@testable import Addons

@Suite("A request to Mailtrap")
struct MailtrapRequestTests {
    @Test("is a mail")
    func right() throws {
        let json = """
            {"from":{"email":"me@example.com","name":"Me"},"to":[{"email":"ann@example.com"}],"subject":"Hi",
            "text":"there","html":"<p>there</p>","category":"test",
            "attachments":[{"filename":"a.txt","content":"aGk="}]}
            """
        let mail = try MailtrapRequest(Array(json.utf8)).mail
        #expect(mail.recipients == ["ann@example.com"] && mail.content.map(\.type) == ["text/plain", "text/html"])
        #expect(mail.attachments[0].bytes == Array("hi".utf8))
    }

    @Test("that is wrong is refused with every reason")
    func wrong() {
        #expect(throws: MailtrapRequest.Failure.refused(["Invalid JSON"])) { try MailtrapRequest(Array("{".utf8)) }
        let failure = #expect(throws: MailtrapRequest.Failure.self) { try MailtrapRequest(Array("{}".utf8)) }
        #expect(
            failure?.body
                == #"{"errors":["'from' is required","'subject' is required","must specify either text or html body"],"success":false}"#
        )
    }
}

@Suite("A request to Mailgun")
struct MailgunRequestTests {
    @Test("is a mail, as a form of pairs")
    func pairs() throws {
        let form = "from=Me+%3Cme%40example.com%3E&to=a%40example.com,+Bob+%3Cb%40example.com%3E&subject=Hi&text=x"
        let mail = try MailgunRequest(Array(form.utf8), type: "application/x-www-form-urlencoded").mail
        #expect(mail.from == .init(email: "me@example.com", name: "Me"))
        #expect(mail.recipients == ["a@example.com", "b@example.com"] && mail.to[1].name == "Bob")
    }

    @Test("is a mail, as a form of parts with files")
    func parts() throws {
        let parts = [
            ("name=\"from\"", "me@example.com"), ("name=\"to\"", "a@example.com"), ("name=\"html\"", "<p>x</p>"),
            ("name=\"h:X-One\"", "1"), ("name=\"attachment\"; filename=\"a.bin\"", "--\u{1}\r\nx"),
        ]
        let form =
            parts.map { "--B\r\nContent-Disposition: form-data; \($0.0)\r\n\r\n\($0.1)\r\n" }.joined() + "--B--\r\n"
        let mail = try MailgunRequest(Array(form.utf8), type: "multipart/form-data; boundary=B").mail
        #expect(mail.content == [.init(type: "text/html", value: "<p>x</p>")])
        #expect(mail.attachments.map(\.name) == ["a.bin"] && mail.attachments[0].bytes == Array("--\u{1}\r\nx".utf8))
    }

    @Test(
        "that is wrong is refused",
        arguments: [
            ("", "from parameter is missing"), ("from=me@example.com", "to parameter is missing"),
            ("from=me@example.com&to=x", "to parameter is not a valid address. please check documentation"),
            (
                "from=me@example.com&to=a@example.com",
                "Need at least one of 'text' or 'html' parameters specified"
            ),
        ])
    func wrong(_ form: String, _ reason: String) {
        #expect(throws: MailgunRequest.Failure.refused(reason)) {
            try MailgunRequest(Array(form.utf8), type: "application/x-www-form-urlencoded")
        }
    }
}
