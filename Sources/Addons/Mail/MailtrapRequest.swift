internal import Model

/// A body of Mailtrap's `POST /api/send`. Source: the published reference of its sending API.
package struct MailtrapRequest: Sendable {
    package let mail: OutgoingMail

    package enum Failure: Error, Equatable {
        case refused([String])

        /// `{"success":false,"errors":[…]}`
        package var body: String {
            switch self {
            case .refused(let reasons):
                JSONValue.object(["success": .bool(false), "errors": .list(reasons.map { .text($0) })]).encoded
            }
        }
    }

    package init(_ bytes: [UInt8]) throws(Failure) {
        guard let json = JSONValue(bytes), json.members != nil else { throw .refused(["Invalid JSON"]) }
        var reasons: [String] = []
        func address(_ json: JSONValue, _ field: String) -> OutgoingMail.Address? {
            guard let email = json["email"]?.text, MailAddress.isOne(email) else {
                reasons.append("'\(field)' address is invalid")
                return nil
            }
            return .init(email: email, name: json["name"]?.text)
        }
        func addresses(_ field: String) -> [OutgoingMail.Address] {
            (json[field]?.list ?? []).compactMap { address($0, field) }
        }
        let from = json["from"].flatMap { address($0, "from") }
        if json["from"] == nil { reasons.append("'from' is required") }
        var mail = OutgoingMail(from: from ?? .init(email: ""))
        (mail.to, mail.cc, mail.bcc) = (addresses("to"), addresses("cc"), addresses("bcc"))
        if let reply = json["reply_to"] { mail.replyTo = [address(reply, "reply_to")].compactMap(\.self) }
        if mail.recipients.isEmpty, reasons.isEmpty { reasons.append("'to', 'cc' or 'bcc' is required") }
        if mail.recipients.count > SMTPSession.recipientLimit { reasons.append("there are too many recipients") }
        mail.subject = json["subject"]?.text ?? ""
        if let text = json["text"]?.text { mail.content.append(.init(type: "text/plain", value: text)) }
        if let html = json["html"]?.text { mail.content.append(.init(type: "text/html", value: html)) }
        if let template = json["template_uuid"]?.text {
            mail.headers.append(("X-Template-Id", template))
            if mail.content.isEmpty {
                let variables = json["template_variables"]?.encoded ?? "{}"
                mail.content = [.init(type: "text/plain", value: variables)]
            }
        } else if mail.subject.isEmpty {
            reasons.append("'subject' is required")
        }
        if mail.content.isEmpty { reasons.append("must specify either text or html body") }
        for (name, value) in (json["headers"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let value = value.text { mail.headers.append((name, value)) }
        }
        if let category = json["category"]?.text { mail.headers.append(("X-Category", category)) }
        for file in json["attachments"]?.list ?? [] {
            guard let content = file["content"]?.text, let bytes = Base64.decode(content.utf8, isStrict: true),
                let name = file["filename"]?.text
            else {
                reasons.append("'attachments' is invalid")
                continue
            }
            let id = file["disposition"]?.text == "inline" ? file["content_id"]?.text ?? name : nil
            mail.attachments.append(
                .init(name: name, type: file["type"]?.text ?? "application/octet-stream", contentID: id, bytes: bytes))
        }
        guard reasons.isEmpty else { throw .refused(reasons) }
        self.mail = mail
    }
}
