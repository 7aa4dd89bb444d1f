internal import HTTP
internal import Model

/// A body of Mailgun's `POST /v3/DOMAIN/messages`: a form, of either kind. Source: its published reference.
package struct MailgunRequest: Sendable {
    package let mail: OutgoingMail
    /// `o:testmode`: checked, and not sent.
    package let isTest: Bool

    package enum Failure: Error, Equatable {
        case refused(String)

        /// `{"message":…}`
        package var body: String {
            switch self {
            case .refused(let reason): JSONValue.object(["message": .text(reason)]).encoded
            }
        }
    }

    private struct Field {
        var name: String
        var value: [UInt8]
        var file: String?
        var type: String

        var text: String { String(decoding: value, as: UTF8.self) }
    }

    /// - Parameter type: the `Content-Type`, with its boundary.
    package init(_ bytes: [UInt8], type: String) throws(Failure) {
        let fields = Self.fields(bytes, type)
        func all(_ name: String) -> [String] { fields.filter { $0.name == name && $0.file == nil }.map(\.text) }
        guard let sender = all("from").first, !sender.isEmpty else { throw .refused("from parameter is missing") }
        guard let from = Self.addresses(sender).first else {
            throw .refused("from parameter is not a valid address. please check documentation")
        }
        var mail = OutgoingMail(from: from)
        guard !all("to").isEmpty else { throw .refused("to parameter is missing") }
        for name in ["to", "cc", "bcc"] {
            for text in all(name) {
                let found = Self.addresses(text)
                guard !found.isEmpty else {
                    throw .refused("\(name) parameter is not a valid address. please check documentation")
                }
                switch name {
                case "to": mail.to += found
                case "cc": mail.cc += found
                default: mail.bcc += found
                }
            }
        }
        guard mail.recipients.count <= SMTPSession.recipientLimit else {
            throw .refused("there are too many recipients")
        }
        mail.subject = all("subject").first ?? ""
        if let text = all("text").first { mail.content.append(.init(type: "text/plain", value: text)) }
        if let html = all("html").first { mail.content.append(.init(type: "text/html", value: html)) }
        if let template = all("template").first {
            mail.headers.append(("X-Template-Id", template))
            if mail.content.isEmpty {
                let variables = all("t:variables").first ?? all("h:X-Mailgun-Variables").first ?? "{}"
                mail.content = [.init(type: "text/plain", value: variables)]
            }
        }
        guard !mail.content.isEmpty else {
            throw .refused("Need at least one of 'text' or 'html' parameters specified")
        }
        for field in fields where field.name.hasPrefix("h:") && field.file == nil {
            let name = String(field.name.dropFirst(2))
            if name.lowercased() == "reply-to" {
                mail.replyTo = Self.addresses(field.text)
            } else {
                mail.headers.append((name, field.text))
            }
        }
        for field in fields {
            guard let name = field.file, field.name == "attachment" || field.name == "inline" else { continue }
            mail.attachments.append(
                .init(
                    name: name, type: field.type, contentID: field.name == "inline" ? name : nil, bytes: field.value))
        }
        self.mail = mail
        isTest = ["yes", "true", "True"].contains(all("o:testmode").first ?? "no")
    }

    private static func fields(_ bytes: [UInt8], _ type: String) -> [Field] {
        let kind = MIMEParameters(type)
        if kind.value == "multipart/form-data", let boundary = kind["boundary"], !boundary.isEmpty {
            return MIMEEntity([0x0A] + bytes[...]).parts(boundary: boundary).compactMap { part in
                let disposition = MIMEParameters(part["content-disposition"] ?? "")
                guard let name = disposition["name"] else { return nil }
                return Field(
                    name: name, value: part.content, file: disposition["filename"],
                    type: MIMEParameters(part["content-type"] ?? "application/octet-stream").value)
            }
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1).map { PercentCoding.decode($0, plusIsSpace: true) }
            return Field(
                name: halves.first ?? "", value: Array((halves.dropFirst().first ?? "").utf8), file: nil, type: "")
        }
    }

    /// `Ann <ann@example.com>, bob@example.com`; empty when one of them is none.
    static func addresses(_ text: String) -> [OutgoingMail.Address] {
        var pieces = [""]
        var (isQuoted, isInside) = (false, false)
        for character in text {
            switch character {
            case "\"": isQuoted.toggle()
            case "<" where !isQuoted: isInside = true
            case ">" where !isQuoted: isInside = false
            default: break
            }
            if character == ",", !isQuoted, !isInside {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        var all: [OutgoingMail.Address] = []
        for piece in pieces {
            let piece = String(piece.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            var address = OutgoingMail.Address(email: piece)
            if let open = piece.lastIndex(of: "<"), piece.hasSuffix(">") {
                address.email = String(piece[piece.index(after: open)...].dropLast())
                let name = piece[..<open].reversed().drop(while: \.isWhitespace).reversed()
                address.name = String(name).replacing("\"", with: "")
            }
            guard MailAddress.isOne(address.email) else { return [] }
            all.append(address)
        }
        return all
    }
}
