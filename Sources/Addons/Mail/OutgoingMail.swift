internal import HTTPSecure
package import Model

/// A mail that came through an API, before it is a message.
package struct OutgoingMail: Sendable, Equatable {
    package struct Address: Sendable, Equatable {
        package var email: String
        package var name: String?

        package init(email: String, name: String? = nil) {
            self.email = email
            self.name = name
        }

        /// `Ann Example <ann@example.com>`
        var header: String {
            guard let name, !name.isEmpty else { return email }
            let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            let isPlain = name.utf8.allSatisfy { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x20 }
            let isASCII = name.utf8.allSatisfy { $0 < 0x7F }
            return "\(MailText.encodeWords(isPlain || !isASCII ? name : "\"\(quoted)\"")) <\(email)>"
        }
    }

    package struct Content: Sendable, Equatable {
        package var type: String
        package var value: String

        package init(type: String, value: String) {
            self.type = type
            self.value = value
        }
    }

    package var from: Address
    package var to: [Address] = []
    package var cc: [Address] = []
    package var bcc: [Address] = []
    package var replyTo: [Address] = []
    package var subject = ""
    package var headers: [(name: String, value: String)] = []
    package var content: [Content] = []
    package var attachments: [MailContent.Attachment] = []

    package init(from: Address) { self.from = from }

    package var recipients: [String] { (to + cc + bcc).map(\.email) }

    package static func == (left: Self, right: Self) -> Bool {
        left.from == right.from && left.to == right.to && left.cc == right.cc && left.bcc == right.bcc
            && left.replyTo == right.replyTo && left.subject == right.subject && left.content == right.content
            && left.attachments == right.attachments && left.headers.elementsEqual(right.headers, by: ==)
    }

    /// The message as a mail server would have passed it on. Who gets a blind copy is not in it.
    package func message(id: String, at time: Timestamp) throws -> [UInt8] {
        var lines = ["Date: \(Self.date(time))", "From: \(from.header)"]
        for (name, list) in [("To", to), ("Cc", cc), ("Reply-To", replyTo)] where !list.isEmpty {
            lines.append("\(name): \(list.map(\.header).joined(separator: ",\r\n "))")
        }
        lines += ["Subject: \(MailText.encodeWords(subject))", "Message-ID: <\(id)@mail.localhost>"]
        for (name, value) in headers { lines.append("\(Self.token(name)): \(MailText.encodeWords(value))") }
        lines.append("MIME-Version: 1.0")
        let boundary = "paas-\(try RandomBytes.hexadecimal(12))"
        return Array((lines.joined(separator: "\r\n") + "\r\n" + body(boundary)).utf8)
    }

    private func body(_ boundary: String) -> String {
        let texts = content.map { part in
            "Content-Type: \(MailText.encodeWords(part.type)); charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Self.folded(Array(part.value.utf8))
        }
        let inner = "\(boundary)-alternative"
        let text =
            texts.count == 1
            ? texts[0] : Self.multipart("alternative", inner, texts)
        guard !attachments.isEmpty else { return text }
        let files = attachments.map { file in
            let name = MailText.encodeWords(file.name.replacing("\"", with: "'"))
            var head = "Content-Type: \(MailText.encodeWords(file.type)); name=\"\(name)\"\r\n"
            head += "Content-Disposition: \(file.contentID == nil ? "attachment" : "inline"); filename=\"\(name)\"\r\n"
            if let id = file.contentID { head += "Content-ID: <\(MailText.encodeWords(id))>\r\n" }
            return head + "Content-Transfer-Encoding: base64\r\n\r\n" + Self.folded(file.bytes)
        }
        return Self.multipart("mixed", boundary, (texts.isEmpty ? [] : [text]) + files)
    }

    private static func multipart(_ kind: String, _ boundary: String, _ parts: [String]) -> String {
        "Content-Type: multipart/\(kind); boundary=\"\(boundary)\"\r\n\r\n"
            + parts.map { "--\(boundary)\r\n\($0)\r\n" }.joined() + "--\(boundary)--\r\n"
    }

    /// Lines of 76 digits.
    private static func folded(_ bytes: [UInt8]) -> String {
        var lines: [String] = []
        var index = 0
        while index < bytes.count {
            lines.append(Base64.encode(bytes[index..<min(index + 57, bytes.count)]))
            index += 57
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private static func token(_ name: String) -> String {
        String(decoding: name.utf8.map { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A ? $0 : 0x2D }, as: UTF8.self)
    }

    /// `Fri, 02 Jan 2026 03:04:05 +0000`. Source: RFC 5322 §3.3.
    static func date(_ time: Timestamp) -> String {
        let text = Array(time.iso8601.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // 1970 began with a Thursday.
        let day = Int(time.microseconds / 86_400_000_000)
        let month = months[max(0, min(11, (Int(part(5..<7)) ?? 1) - 1))]
        return "\(days[((day % 7) + 7) % 7]), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) +0000"
    }
}
