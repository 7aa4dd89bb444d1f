import Model
import Testing

@testable import Addons

@Suite("A request to SendGrid's mail/send")
struct SendGridRequestTests {
    private static let to = #""personalizations":[{"to":[{"email":"ann@example.com"}]}]"#
    private static let from = #""from":{"email":"me@example.com","name":"Me"}"#
    private static let rest = #""subject":"Hi","content":[{"type":"text/plain","value":"there"}]"#

    private func refusals(_ json: String) -> [SendGridRequest.Refusal] {
        do {
            _ = try SendGridRequest(Array(json.utf8))
            return []
        } catch {
            guard case .refused(let refusals) = error else { return [] }
            return refusals
        }
    }

    @Test("as the sendgrid package sends it is a mail for each personalization")
    func right() throws {
        let request = try SendGridRequest(
            Array(
                """
                {"personalizations":[{"to":[{"email":"ann@example.com","name":"Ann"}],"cc":[{"email":"c@example.com"}],
                "substitutions":{"-name-":"Ann"}},{"to":[{"email":"bob@example.com"}],"subject":"Other"}],
                \(Self.from),"subject":"Hi -name-","content":[{"type":"text/plain","value":"Dear -name-"},
                {"type":"text/html","value":"<p>x</p>"}],"attachments":[{"content":"aGk=","filename":"a.txt"}],
                "reply_to":{"email":"r@example.com"}}
                """.utf8))
        #expect(request.mails.map(\.subject) == ["Hi Ann", "Other"] && !request.isSandboxed)
        #expect(request.mails[0].recipients == ["ann@example.com", "c@example.com"])
        #expect(request.mails[0].content[0].value == "Dear Ann")
        #expect(request.mails[1].attachments[0].bytes == Array("hi".utf8))
    }

    @Test(
        "that is wrong is refused with their words and the field's place",
        arguments: [
            ("{\(from),\(rest)}", "personalizations", "The personalizations field is required"),
            (#"{"personalizations":[{}],\#(from),\#(rest)}"#, "personalizations.0.to", "The to array is required"),
            (
                #"{"personalizations":[{"to":[{"email":"nobody"}]}],\#(from),\#(rest)}"#,
                "personalizations.0.to.0.email", "Does not contain a valid address."
            ),
            (
                #"{"personalizations":[{"to":[{"email":"a@b.c"}],"cc":[{"email":"A@b.c"}]}],\#(from),\#(rest)}"#,
                "personalizations.0", "Each email address in the personalization block should be unique"
            ),
            ("{\(to),\(rest)}", "from.email", "The from object must be provided for every email send."),
            (#"{\#(to),"from":{"email":"x"},\#(rest)}"#, "from.email", "Does not contain a valid address."),
            (
                #"{\#(to),\#(from),"content":[{"type":"text/plain","value":"x"}]}"#, "subject",
                "The subject is required."
            ),
            (#"{\#(to),\#(from),"subject":"x"}"#, "content", "Unless a valid template_id is provided"),
            (
                #"{\#(to),\#(from),"subject":"x","content":[{"type":"text/plain","value":""}]}"#, "content.0.value",
                "The content value must be a string at least one character in length."
            ),
            (#"{\#(to),\#(from),"subject":7,"content":[{"type":"a/b","value":"x"}]}"#, "subject", "Invalid type."),
            (
                #"{\#(to),\#(from),\#(rest),"attachments":[{"content":"***","filename":"x"}]}"#,
                "attachments.0.content", "The attachment content must be base64 encoded."
            ),
            (#"{\#(to),\#(from),\#(rest),"headers":{"BCC":"x"}}"#, "headers.BCC", "The headers cannot contain"),
        ])
    func wrong(_ json: String, _ field: String, _ message: String) {
        let refusals = refusals(json)
        #expect(refusals.contains { $0.field == field && $0.message.hasPrefix(message) }, "\(refusals)")
    }

    @Test("that is no JSON is a bad request", arguments: ["", "[]", "{", "\"x\"", "{\"a\":1}x", "{'a':1}"])
    func malformed(_ json: String) {
        let refusals = refusals(json)
        #expect(
            SendGridRequest.Refusal.body(refusals)
                == #"{"errors":[{"field":null,"help":null,"message":"Bad Request"}]}"#)
    }

    @Test("in sandbox mode is checked and says so")
    func sandbox() throws {
        let json = #"{\#(Self.to),\#(Self.from),\#(Self.rest),"mail_settings":{"sandbox_mode":{"enable":true}}}"#
        #expect(try SendGridRequest(Array(json.utf8)).isSandboxed)
    }

    @Test("with a template needs neither subject nor content")
    func template() throws {
        let json = """
            {"personalizations":[{"to":[{"email":"a@b.c"}],"dynamic_template_data":{"name":"Ann"}}],\(Self.from),
            "template_id":"d-1"}
            """
        let mail = try #require(try SendGridRequest(Array(json.utf8)).mails.first)
        #expect(mail.content.first?.value == #"{"name":"Ann"}"#)
    }

    @Test("has text of every kind", arguments: [#""\u00e9\ud83d\ude00\n""#, #""\ud83d""#, #""\/""#])
    func escapes(_ json: String) {
        #expect(JSONValue(Array(json.utf8))?.text != nil)
    }
}

@Suite("A proxy's pass")
struct ProxyPassTests {
    @Test("is right for whoever it was made for, and says which proxy is behind")
    func pass() {
        let pass = ProxyPass(onward: "http://u:p@proxy.example:3128", secret: "secret")
        #expect(ProxyPass.isRight(pass.user, pass.password, "secret"))
        #expect(
            !ProxyPass.isRight(pass.user, pass.password, "other")
                && !ProxyPass.isRight("direct", pass.password, "secret"))
        #expect(ProxyPass.onward(pass.user) == "http://u:p@proxy.example:3128" && ProxyPass.onward("direct") == "")
        let place = ProxyPlace("http://u:p@proxy.example:3128")
        #expect(place?.host == "proxy.example" && place?.port == 3128 && place?.credentials == "u:p")
        #expect(ProxyPlace("[::1]:9")?.host == "::1" && ProxyPlace("socks5://x:1") == nil)
    }
}
