/// The server's side of one SMTP connection: bytes in, steps out. It owns no socket, no clock and no account.
///
/// Source: RFC 5321, RFC 4954 (AUTH), RFC 3207 (STARTTLS), RFC 2920 (PIPELINING), RFC 1870 (SIZE).
package struct SMTPSession: Sendable {
    /// What the one who owns the connection has to do, in this order.
    package enum Step: Sendable, Equatable {
        case reply(String)
        /// Then ``authenticated(_:)``; no other step comes before.
        case authenticate(user: String, password: String)
        /// Then ``delivered(_:)``; no other step comes before.
        case deliver(Envelope)
        /// TLS begins; then a session that starts with ``init(isSecure:)``.
        case startTLS
        case close
    }

    package struct Envelope: Sendable, Equatable {
        package var sender: String
        package var recipients: [String]
        /// Lines end in CRLF; the dots in front are as they were written.
        package var content: [UInt8]
    }

    private enum Phase: Sendable {
        case command
        /// What AUTH asks for.
        case plainCredentials
        case user
        case password(user: String)
        case data
        case waiting(Answer)
        case closed
    }

    private enum Answer: Sendable { case authentication, delivery }

    /// SendGrid's limit, and how many may get one message.
    package static let sizeLimit = 30 << 20
    package static let recipientLimit = 1000
    private static let lineLimit = 16 << 10
    private static let failureLimit = 3
    private static let errorLimit = 20

    private var phase = Phase.command
    private var input: [UInt8] = []
    /// How much of ``input`` is behind us.
    private var start = 0
    /// Up to there no line of a message ends.
    private var looked = 0
    private var replies: [Step] = []
    private let isSecure: Bool
    private var hasGreeted = false
    private var isAuthenticated = false
    private var sender: String?
    private var recipients: [String] = []
    private var content: [UInt8] = []
    private var isTooLarge = false
    private var failures = 0
    private var errors = 0

    /// - Parameter isSecure: the connection speaks TLS already, and has been greeted before.
    package init(isSecure: Bool = false) {
        self.isSecure = isSecure
        if !isSecure { replies = [.reply("220 mail.localhost ESMTP paas")] }
    }

    package mutating func receive(_ bytes: [UInt8]) {
        if start > 0 {
            input.removeSubrange(..<start)
            looked = max(0, looked - start)
            start = 0
        }
        input += bytes
    }

    /// The next step; `nil` while more bytes or an answer are needed.
    package mutating func next() -> Step? {
        while true {
            if !replies.isEmpty { return replies.removeFirst() }
            switch phase {
            case .waiting, .closed: return nil
            case .data:
                guard takeData() || !replies.isEmpty else { return nil }
            case .command, .plainCredentials, .user, .password:
                guard let line = takeLine() else {
                    if replies.isEmpty { return nil }
                    continue
                }
                handle(line)
            }
        }
    }

    /// - Parameter isRight: whether user and password belong to somebody.
    package mutating func authenticated(_ isRight: Bool) {
        guard case .waiting(.authentication) = phase else { return }
        phase = .command
        isAuthenticated = isRight
        if isRight { return say("235 2.7.0 Authentication successful") }
        failures += 1
        say("535 5.7.8 Authentication failed: Bad username / password")
        if failures >= Self.failureLimit { close("421 4.7.0 Too many failures") }
    }

    /// - Parameter number: what the message is called; `nil` when it could not be kept.
    package mutating func delivered(_ number: Int?) {
        guard case .waiting(.delivery) = phase else { return }
        phase = .command
        say(number.map { "250 2.0.0 Ok: queued as \($0)" } ?? "451 4.3.0 The message could not be kept")
    }

    // MARK: Commands

    private mutating func handle(_ line: String) {
        switch phase {
        case .plainCredentials: return takePlain(line)
        case .user:
            guard let user = Self.decoded(line) else { return refuseCredentials() }
            phase = .password(user: user)
            return say("334 UGFzc3dvcmQ6")
        case .password(let user):
            guard let password = Self.decoded(line) else { return refuseCredentials() }
            return ask(user, password)
        case .command, .data, .waiting, .closed: break
        }
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? String(parts[1]) : ""
        switch parts[0].uppercased() {
        case "EHLO": greet(isExtended: true)
        case "HELO": greet(isExtended: false)
        case "AUTH": authenticate(rest)
        case "MAIL": takeSender(rest)
        case "RCPT": takeRecipient(rest)
        case "DATA":
            guard sender != nil, !recipients.isEmpty else { return complain("503 5.5.1 Error: need RCPT command") }
            phase = .data
            say("354 End data with <CR><LF>.<CR><LF>")
        case "RSET":
            forget()
            say("250 2.0.0 Ok")
        case "NOOP": say("250 2.0.0 Ok")
        case "VRFY": say("252 2.0.0 Send some mail and see")
        case "STARTTLS": startTLS(rest)
        case "QUIT": close("221 2.0.0 Bye")
        default: complain("500 5.5.2 Error: command not recognized")
        }
    }

    private mutating func greet(isExtended: Bool) {
        hasGreeted = true
        forget()
        guard isExtended else { return say("250 mail.localhost") }
        var lines = ["mail.localhost", "PIPELINING", "SIZE \(Self.sizeLimit)", "8BITMIME", "SMTPUTF8"]
        if !isSecure { lines.append("STARTTLS") }
        let all = lines.map { "250-\($0)" } + ["250 AUTH PLAIN LOGIN"]
        say(all.joined(separator: "\r\n"))
    }

    private mutating func startTLS(_ rest: String) {
        guard !isSecure else { return complain("503 5.5.1 Error: TLS is active already") }
        guard rest.isEmpty else { return complain("501 5.5.4 Syntax: STARTTLS") }
        say("220 2.0.0 Ready to start TLS")
        replies.append(.startTLS)
        // What was sent ahead without TLS counts for nothing. Source: RFC 3207 §6.
        input = []
        start = 0
        phase = .closed
    }

    private mutating func takeSender(_ rest: String) {
        guard hasGreeted else { return complain("503 5.5.1 Error: send HELO/EHLO first") }
        guard isAuthenticated else { return complain("530 5.7.0 Authentication required") }
        guard sender == nil else { return complain("503 5.5.1 Error: nested MAIL command") }
        guard let (address, parameters) = Self.path(rest, after: "FROM:") else {
            return complain("501 5.5.4 Syntax: MAIL FROM:<address>")
        }
        for parameter in parameters {
            guard parameter.uppercased().hasPrefix("SIZE="), let size = Int(parameter.dropFirst(5)) else { continue }
            guard size <= Self.sizeLimit else { return complain(Self.tooLarge) }
        }
        sender = address
        say("250 2.1.0 Ok")
    }

    private mutating func takeRecipient(_ rest: String) {
        guard sender != nil else { return complain("503 5.5.1 Error: need MAIL command") }
        guard let (address, _) = Self.path(rest, after: "TO:"), address.contains("@") else {
            return complain("501 5.1.3 Syntax: RCPT TO:<address>")
        }
        guard recipients.count < Self.recipientLimit else { return complain("452 4.5.3 Too many recipients") }
        recipients.append(address)
        say("250 2.1.5 Ok")
    }

    private static let tooLarge = "552 5.3.4 Message size exceeds fixed limit of \(sizeLimit) bytes"

    /// `<ann@example.com> SIZE=12`, behind `FROM:`.
    private static func path(_ text: String, after word: String) -> (address: String, parameters: [String])? {
        guard text.uppercased().hasPrefix(word) else { return nil }
        var rest = text.dropFirst(word.count).drop { $0 == " " }
        guard let open = rest.popFirst(), open == "<", let end = rest.firstIndex(of: ">") else { return nil }
        var address = rest[..<end]
        // A route in front has no meaning any more. Source: RFC 5321, appendix C.
        if address.first == "@", let colon = address.firstIndex(of: ":") {
            address = address[address.index(after: colon)...]
        }
        guard address.utf8.count <= 320, !address.contains(where: { $0.isWhitespace || $0 == "<" }) else { return nil }
        return (String(address), rest[rest.index(after: end)...].split(separator: " ").map(String.init))
    }

    // MARK: Who it is

    private mutating func authenticate(_ rest: String) {
        guard hasGreeted else { return complain("503 5.5.1 Error: send EHLO first") }
        guard !isAuthenticated else { return complain("503 5.5.1 Error: already authenticated") }
        guard sender == nil else { return complain("503 5.5.1 Error: MAIL transaction in progress") }
        let words = rest.split(separator: " ")
        switch (words.first?.uppercased(), words.count) {
        case ("PLAIN", 1):
            phase = .plainCredentials
            say("334 ")
        case ("PLAIN", 2): takePlain(String(words[1]))
        case ("LOGIN", 1):
            phase = .user
            say("334 VXNlcm5hbWU6")
        case ("LOGIN", 2):
            guard let user = Self.decoded(String(words[1])) else { return refuseCredentials() }
            phase = .password(user: user)
            say("334 UGFzc3dvcmQ6")
        default: complain("504 5.5.4 Unrecognized authentication type")
        }
    }

    /// `authorized NUL user NUL password`. Source: RFC 4616.
    private mutating func takePlain(_ text: String) {
        guard let whole = Self.decoded(text) else { return refuseCredentials() }
        let parts = whole.split(separator: "\0", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return refuseCredentials() }
        ask(String(parts[1]), String(parts[2]))
    }

    private mutating func ask(_ user: String, _ password: String) {
        phase = .waiting(.authentication)
        replies.append(.authenticate(user: user, password: password))
    }

    private mutating func refuseCredentials() {
        phase = .command
        complain("501 5.5.2 Cannot decode the credentials")
    }

    private static func decoded(_ text: String) -> String? {
        guard text != "*", let bytes = Base64.decode(text.utf8, isStrict: true) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    // MARK: Lines and data

    private mutating func takeLine() -> String? {
        guard let end = input[start...].firstIndex(of: 0x0A) else {
            if input.count - start > Self.lineLimit { close("500 5.5.2 Error: line too long") }
            return nil
        }
        var line = input[start..<end]
        if line.last == 0x0D { line = line.dropLast() }
        start = end + 1
        guard line.count <= Self.lineLimit else {
            close("500 5.5.2 Error: line too long")
            return nil
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Only a dot between two whole line ends is the end: what else other servers might take for it is content.
    ///
    /// - Returns: whether the message is complete.
    private mutating func takeData() -> Bool {
        while let end = lineEnd() {
            let line = input[start..<end]
            start = end
            if line.elementsEqual([0x2E, 0x0D, 0x0A]) {
                finishData()
                return true
            }
            keep(line.first == 0x2E ? line.dropFirst() : line)
        }
        // A line without an end is not collected for ever.
        if input.count - start > Self.sizeLimit { close(Self.tooLarge) }
        return false
    }

    /// Behind the next CRLF.
    private mutating func lineEnd() -> Int? {
        var index = max(start, looked)
        while let found = input[index...].firstIndex(of: 0x0A) {
            if found > start, input[found - 1] == 0x0D { return found + 1 }
            index = found + 1
        }
        looked = input.count
        return nil
    }

    private mutating func keep(_ line: ArraySlice<UInt8>) {
        guard !isTooLarge, content.count + line.count <= Self.sizeLimit else {
            isTooLarge = true
            content = []
            return
        }
        content += line
    }

    private mutating func finishData() {
        phase = .command
        defer { forget() }
        if isTooLarge { return say(Self.tooLarge) }
        phase = .waiting(.delivery)
        replies.append(
            .deliver(Envelope(sender: sender ?? "", recipients: recipients, content: content)))
    }

    private mutating func forget() {
        sender = nil
        recipients = []
        content = []
        isTooLarge = false
    }

    private mutating func say(_ text: String) { replies.append(.reply(text)) }

    private mutating func complain(_ text: String) {
        say(text)
        errors += 1
        if errors > Self.errorLimit { close("421 4.7.0 Too many errors") }
    }

    private mutating func close(_ text: String) {
        say(text)
        replies.append(.close)
        phase = .closed
    }
}
