internal import Model

/// A body of SendGrid's `POST /v3/mail/send`, checked as theirs checks it, with their words.
///
/// Source: the published v3 reference and its page of errors.
package struct SendGridRequest: Sendable {
    /// One for each personalization.
    package private(set) var mails: [OutgoingMail] = []
    /// `mail_settings.sandbox_mode`: checked, and not sent.
    package private(set) var isSandboxed = false

    /// What is wrong with a body, as SendGrid says it.
    package struct Refusal: Error, Sendable, Equatable {
        package var message: String
        package var field: String?
        package var help: String?

        /// One that is about no field.
        package init(saying message: String) { self.message = message }

        init(_ message: String, _ field: String? = nil, help: String? = nil) {
            self.message = message
            self.field = field
            self.help = help.map { "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#\($0)" }
        }

        /// `{"errors":[{"message":…,"field":…,"help":…}]}`
        package static func body(_ refusals: [Refusal]) -> String {
            let errors = refusals.map { refusal -> JSONValue in
                .object([
                    "message": .text(refusal.message), "field": refusal.field.map { .text($0) } ?? .null,
                    "help": refusal.help.map { .text($0) } ?? .null,
                ])
            }
            return JSONValue.object(["errors": .list(errors)]).encoded
        }
    }

    package enum Failure: Error, Equatable { case refused([Refusal]) }

    private var refusals: [Refusal] = []

    package init(_ bytes: [UInt8]) throws(Failure) {
        guard let json = JSONValue(bytes), json.members != nil else { throw .refused([Refusal("Bad Request")]) }
        read(json)
        guard refusals.isEmpty else { throw .refused(refusals) }
    }

    private mutating func refuse(_ message: String, _ field: String, help: String? = nil) {
        refusals.append(Refusal(message, field, help: help))
    }

    // MARK: The whole

    private mutating func read(_ json: JSONValue) {
        isSandboxed = json["mail_settings"]?["sandbox_mode"]?["enable"]?.isTrue ?? false
        var mail = OutgoingMail(from: from(json))
        let template = text(json, "template_id", at: "template_id")
        mail.subject = text(json, "subject", at: "subject") ?? ""
        if let reply = json["reply_to"] { mail.replyTo = [address(reply, "reply_to")].compactMap(\.self) }
        if json["reply_to_list"] != nil { mail.replyTo += addresses(json, "reply_to_list", at: "reply_to_list") }
        mail.headers = headers(json, at: "headers")
        mail.content = content(json, isTemplated: template != nil)
        mail.attachments = attachments(json)
        let categories = (json["categories"]?.list ?? []).compactMap(\.text)
        if categories.count > 10 { refuse("There can be no more than 10 categories.", "categories") }
        if !categories.isEmpty { mail.headers.append(("X-Categories", categories.joined(separator: ", "))) }
        if let template {
            mail.headers.append(("X-Template-Id", template))
        }
        personalizations(json, mail, isTemplated: template != nil)
    }

    private mutating func from(_ json: JSONValue) -> OutgoingMail.Address {
        let help = "message.from"
        guard let from = json["from"], from.members != nil, from["email"] != nil else {
            refuse(
                "The from object must be provided for every email send. It is an object that requires the email "
                    + "parameter, but may also contain a name parameter.  e.g. {\"email\" : \"example@example.com\"}  "
                    + "or {\"email\" : \"example@example.com\", \"name\" : \"Example Recipient\"}.",
                "from.email", help: help)
            return OutgoingMail.Address(email: "")
        }
        return address(from, "from", help: help) ?? OutgoingMail.Address(email: "")
    }

    private mutating func content(_ json: JSONValue, isTemplated: Bool) -> [OutgoingMail.Content] {
        guard let list = json["content"]?.list, !list.isEmpty else {
            if !isTemplated {
                refuse(
                    "Unless a valid template_id is provided, the content parameter is required. There must be at "
                        + "least one defined content block. We typically suggest both text/plain and text/html blocks "
                        + "are included, but only one block is required.", "content", help: "message.content")
            }
            return []
        }
        var all: [OutgoingMail.Content] = []
        for (index, part) in list.enumerated() {
            let type = text(part, "type", at: "content.\(index).type") ?? ""
            if type.isEmpty || !type.contains("/") {
                refuse(
                    "The content type must be a valid MIME type.", "content.\(index).type",
                    help: "message.content.type")
            }
            let value = text(part, "value", at: "content.\(index).value") ?? ""
            if value.isEmpty {
                refuse(
                    "The content value must be a string at least one character in length.", "content.\(index).value",
                    help: "message.content.value")
            }
            all.append(.init(type: type, value: value))
        }
        let ranks = all.map { $0.type == "text/plain" ? 0 : $0.type == "text/html" ? 1 : 2 }
        if ranks != ranks.sorted() {
            refuse(
                "If present, text/plain and text/html may only be provided once. The text/plain content must be "
                    + "first, followed by the text/html content, followed by any other content.", "content",
                help: "message.content")
        }
        return all
    }

    private mutating func attachments(_ json: JSONValue) -> [MailContent.Attachment] {
        var all: [MailContent.Attachment] = []
        for (index, file) in (json["attachments"]?.list ?? []).enumerated() {
            let place = "attachments.\(index)"
            let content = text(file, "content", at: "\(place).content") ?? ""
            guard !content.isEmpty else {
                refuse(
                    "The attachment content is required.", "\(place).content", help: "message.attachments.content")
                continue
            }
            guard let bytes = Base64.decode(content.utf8, isStrict: true) else {
                refuse(
                    "The attachment content must be base64 encoded.", "\(place).content",
                    help: "message.attachments.content")
                continue
            }
            guard let name = text(file, "filename", at: "\(place).filename"), !name.isEmpty else {
                refuse(
                    "The attachment filename parameter is required.", "\(place).filename",
                    help: "message.attachments.filename")
                continue
            }
            let isInline = file["disposition"]?.text == "inline"
            all.append(
                .init(
                    name: name, type: file["type"]?.text ?? "application/octet-stream",
                    contentID: isInline ? file["content_id"]?.text ?? name : nil, bytes: bytes))
        }
        return all
    }

    private mutating func headers(_ json: JSONValue, at place: String) -> [(name: String, value: String)] {
        guard let members = json["headers"]?.members else { return [] }
        var all: [(name: String, value: String)] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if Self.reserved.contains(name.lowercased()) {
                refuse(
                    "The headers cannot contain one of the reserved keys: x-sg-id, x-sg-eid, received, "
                        + "dkim-signature, Content-Transfer-Encoding, Content-Type, To, From, Subject, Reply-To, CC, "
                        + "BCC.", "\(place).\(name)", help: "message.headers")
            }
            guard let value = value.text else {
                refuse("Invalid type. Expected: string, given: \(value.kind).", "\(place).\(name)")
                continue
            }
            all.append((name, value))
        }
        return all
    }

    private static let reserved: Set<String> = [
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-transfer-encoding", "content-type", "to",
        "from", "subject", "reply-to", "cc", "bcc",
    ]

    // MARK: Personalizations

    private mutating func personalizations(_ json: JSONValue, _ common: OutgoingMail, isTemplated: Bool) {
        guard let list = json["personalizations"]?.list, !list.isEmpty else {
            return refuse(
                "The personalizations field is required and must have at least one personalization.",
                "personalizations", help: "-Personalizations-Errors")
        }
        guard list.count <= 1000 else {
            return refuse(
                "There can be no more than 1000 personalizations in a request.", "personalizations",
                help: "-Personalizations-Errors")
        }
        var total = 0
        for (index, one) in list.enumerated() {
            let mail = personalized(one, common, "personalizations.\(index)", isTemplated: isTemplated)
            total += mail.recipients.count
            mails.append(mail)
        }
        if total > 1000 {
            refuse(
                "There can be no more than 1000 recipients in a request.", "personalizations",
                help: "message.recipient-errors")
        }
    }

    private mutating func personalized(
        _ json: JSONValue, _ common: OutgoingMail, _ place: String, isTemplated: Bool
    ) -> OutgoingMail {
        var mail = common
        mail.to = addresses(json, "to", at: "\(place).to")
        if json["to"]?.list?.isEmpty ?? true {
            refuse(
                "The to array is required for all personalization objects, and must have at least one email object "
                    + "with a valid email address.", "\(place).to", help: "message.personalizations.to")
        }
        mail.cc = addresses(json, "cc", at: "\(place).cc")
        mail.bcc = addresses(json, "bcc", at: "\(place).bcc")
        requireUnique(mail, place)
        if let from = json["from"] { mail.from = address(from, "\(place).from") ?? mail.from }
        mail.subject = text(json, "subject", at: "\(place).subject") ?? mail.subject
        if mail.subject.isEmpty, !isTemplated {
            refuse(
                "The subject is required. You can get around this requirement if you use a template with a subject "
                    + "defined or if every personalization has a subject defined.", "subject",
                help: "message.subject")
        }
        mail.headers += headers(json, at: "\(place).headers")
        for (name, value) in json["substitutions"]?.members ?? [:] where !name.isEmpty {
            guard let value = value.text else { continue }
            mail.subject = mail.subject.replacing(name, with: value)
            for index in mail.content.indices {
                mail.content[index].value = mail.content[index].value.replacing(name, with: value)
            }
        }
        if isTemplated, mail.content.isEmpty {
            // Templates are kept at the service: what the template would have been filled with is what there is.
            let data = json["dynamic_template_data"]?.encoded ?? "{}"
            mail.content = [.init(type: "text/plain", value: data)]
        }
        return mail
    }

    private mutating func requireUnique(_ mail: OutgoingMail, _ place: String) {
        var seen: Set<String> = []
        for (name, list) in [("to", mail.to), ("cc", mail.cc), ("bcc", mail.bcc)] {
            for address in list where !seen.insert(address.email.lowercased()).inserted {
                return refuse(
                    "Each email address in the personalization block should be unique between to, cc, and bcc. We "
                        + "found the first duplicate instance of [\(address.email)] in the \(place).\(name) field.",
                    place, help: "message.recipient-errors")
            }
        }
    }

    // MARK: Values

    private mutating func text(_ json: JSONValue, _ key: String, at place: String) -> String? {
        guard let value = json[key] else { return nil }
        guard let text = value.text else {
            refuse("Invalid type. Expected: string, given: \(value.kind).", place)
            return nil
        }
        return text
    }

    private mutating func addresses(_ json: JSONValue, _ key: String, at place: String) -> [OutgoingMail.Address] {
        guard let value = json[key] else { return [] }
        guard let list = value.list else {
            refuse("Invalid type. Expected: array, given: \(value.kind).", place)
            return []
        }
        return list.enumerated().compactMap { address($0.element, "\(place).\($0.offset)") }
    }

    private mutating func address(
        _ json: JSONValue, _ place: String, help: String = "message.personalizations.to"
    ) -> OutgoingMail.Address? {
        let email = text(json, "email", at: "\(place).email") ?? ""
        guard MailAddress.isOne(email) else {
            refuse("Does not contain a valid address.", "\(place).email", help: help)
            return nil
        }
        return .init(email: email, name: text(json, "name", at: "\(place).name"))
    }
}

/// An address of a mailbox.
enum MailAddress {
    static func isOne(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (1...255).contains(parts[1].utf8.count),
            !parts[0].hasPrefix("."), !parts[0].hasSuffix("."), !text.contains("..")
        else { return false }
        let marks = Array("!#$%&'*+/=?^_`{|}~.-".utf8)
        func isWord(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte > 0x7F
        }
        guard parts[0].utf8.allSatisfy({ isWord($0) || marks.contains($0) }) else { return false }
        return parts[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isWord($0) || $0 == 0x2D }
        }
    }
}
