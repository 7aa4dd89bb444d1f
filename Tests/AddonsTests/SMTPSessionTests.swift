import Testing

@testable import Addons

@Suite("An SMTP session")
struct SMTPSessionTests {
    /// Every step that a session takes, where every password but `wrong` is right, and each message is kept as 7.
    private func steps(_ text: String, piece: Int = .max, isSecure: Bool = false) -> [SMTPSession.Step] {
        var session = SMTPSession(isSecure: isSecure)
        var steps: [SMTPSession.Step] = []
        var rest = Array(text.replacing("\n", with: "\r\n").utf8)[...]
        func run() {
            while let step = session.next() {
                steps.append(step)
                switch step {
                case .authenticate(_, let password): session.authenticated(password != "wrong")
                case .deliver: session.delivered(7)
                case .reply, .startTLS, .close: break
                }
            }
        }
        run()
        while !rest.isEmpty {
            let part = Array(rest.prefix(piece))
            rest = rest.dropFirst(part.count)
            session.receive(part)
            run()
        }
        return steps
    }

    private func replies(_ text: String, isSecure: Bool = false) -> [String] {
        steps(text, isSecure: isSecure).compactMap { step in
            guard case .reply(let text) = step else { return nil }
            return String(text.prefix(3))
        }
    }

    private static let login = "EHLO me\nAUTH PLAIN AGFubgBzZWNyZXQ=\n"
    private static let mail = "MAIL FROM:<a@example.com>\nRCPT TO:<b@example.com>\nDATA\n"

    @Test("takes a message from one who says who it is", arguments: [1, 7, .max])
    func whole(piece: Int) {
        let steps = steps(Self.login + Self.mail + "Subject: Hi\n\n..dot\n.\nQUIT\n", piece: piece)
        #expect(steps.contains(.authenticate(user: "ann", password: "secret")))
        #expect(
            steps.contains(
                .deliver(
                    .init(
                        sender: "a@example.com", recipients: ["b@example.com"],
                        content: Array("Subject: Hi\r\n\r\n.dot\r\n".utf8)))))
        #expect(steps.suffix(3) == [.reply("250 2.0.0 Ok: queued as 7"), .reply("221 2.0.0 Bye"), .close])
    }

    @Test("asks for user and password one after the other where that is wanted")
    func login() {
        let steps = steps("EHLO me\nAUTH LOGIN\nYW5u\nc2VjcmV0\n")
        #expect(steps.contains(.reply("334 VXNlcm5hbWU6")) && steps.contains(.reply("334 UGFzc3dvcmQ6")))
        #expect(steps.contains(.authenticate(user: "ann", password: "secret")))
        #expect(steps.last == .reply("235 2.7.0 Authentication successful"))
    }

    @Test("takes nothing from one who does not, and hangs up on one who guesses")
    func refused() {
        #expect(replies("EHLO me\nMAIL FROM:<a@example.com>\n").last == "530")
        let guesses = String(repeating: "AUTH PLAIN AGFubgB3cm9uZw==\n", count: 5)
        let steps = steps("EHLO me\n" + guesses)
        #expect(steps.suffix(2) == [.reply("421 4.7.0 Too many failures"), .close])
        #expect(steps.count { if case .authenticate = $0 { true } else { false } } == 3)
    }

    @Test("refuses what comes in the wrong order, and goes on")
    func order() {
        #expect(replies("MAIL FROM:<a@example.com>\nNOOP\n") == ["220", "503", "250"])
        #expect(
            replies(Self.login + "DATA\nRCPT TO:<b@example.com>\nRSET\nNONSENSE\nVRFY ann\n")
                == ["220", "250", "235", "503", "503", "250", "500", "252"])
    }

    @Test("says at once that a message is too large, and again when it is")
    func size() {
        #expect(replies(Self.login + "MAIL FROM:<a@example.com> SIZE=99999999\n").last == "552")
        let line = String(repeating: "x", count: 998) + "\n"
        let large = String(repeating: line, count: SMTPSession.sizeLimit / 1000 + 10)
        #expect(replies(Self.login + Self.mail + large + ".\nNOOP\n").suffix(2) == ["552", "250"])
    }

    @Test("takes only a dot between whole line ends for the end")
    func smuggling() {
        let bytes = Self.login + Self.mail
        var session = SMTPSession()
        session.receive(
            Array(bytes.replacing("\n", with: "\r\n").utf8) + Array("a\n.\nMAIL FROM:<evil@example.com>\r\n.\r\n".utf8))
        var delivered: [SMTPSession.Envelope] = []
        while let step = session.next() {
            if case .authenticate = step { session.authenticated(true) }
            if case .deliver(let envelope) = step {
                delivered.append(envelope)
                session.delivered(1)
            }
        }
        #expect(delivered.count == 1 && delivered[0].content.starts(with: Array("a\n.\nMAIL".utf8)))
    }

    @Test("forgets what was said before TLS begins")
    func startTLS() {
        let steps = steps("EHLO me\nSTARTTLS\nMAIL FROM:<a@example.com>\n")
        #expect(steps.suffix(2) == [.reply("220 2.0.0 Ready to start TLS"), .startTLS])
        #expect(replies("EHLO me\nSTARTTLS\n", isSecure: true) == ["250", "503"])
    }

    @Test("ends a line that has no end")
    func endless() {
        #expect(replies(String(repeating: "x", count: 40_000)) == ["220", "500"])
    }

    @Test("survives whatever is sent", arguments: 0..<200)
    func anything(seed: UInt64) {
        var generator = Seeded(seed)
        let words = [
            "EHLO me\r\n", "AUTH PLAIN AGFubgBzZWNyZXQ=\r\n", "AUTH LOGIN\r\n", "MAIL FROM:<a@b>", "RCPT TO:<>", "\r\n",
            "DATA\r\n", ".\r\n", "\n", "\r", "STARTTLS", "*\r\n", "RSET\r\n", "=", "\0", "<@a,@b:c@d>", "é",
        ]
        var session = SMTPSession()
        for _ in 0..<200 {
            var bytes = Array((words.randomElement(using: &generator) ?? "").utf8)
            if Int.random(in: 0..<4, using: &generator) == 0 {
                bytes.append(UInt8.random(in: 0...255, using: &generator))
            }
            session.receive(bytes)
            var count = 0
            while let step = session.next(), count < 10_000 {
                count += 1
                if case .authenticate = step { session.authenticated(Bool.random(using: &generator)) }
                if case .deliver = step { session.delivered(Bool.random(using: &generator) ? 1 : nil) }
            }
            #expect(count < 10_000)
        }
    }
}

/// The same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
