package import Model

extension MailContent {
    /// Takes a message apart. Whatever the bytes are, something can be shown.
    package init(parsing raw: [UInt8]) {
        let whole = MIMEEntity(raw[...])
        self.init(headers: whole.headers.map { Header(name: $0.name, value: MailText.decodeWords($0.value)) })
        take(whole, depth: 0)
    }

    private mutating func take(_ entity: MIMEEntity, depth: Int) {
        let type = MIMEParameters(entity["content-type"] ?? "text/plain")
        if type.value.hasPrefix("multipart/"), let boundary = type["boundary"], !boundary.isEmpty,
            depth < Self.depthLimit
        {
            for part in entity.parts(boundary: boundary) { take(part, depth: depth + 1) }
            return
        }
        let disposition = MIMEParameters(entity["content-disposition"] ?? "")
        let name = disposition["filename"] ?? type["name"]
        if disposition.value != "attachment", name == nil {
            let charset = type["charset"] ?? "utf-8"
            if type.value == "text/plain" || type.value.isEmpty, text == nil {
                return text = MailText.decode(entity.content, charset: charset)
            }
            if type.value == "text/html", html == nil {
                return html = MailText.decode(entity.content, charset: charset)
            }
        }
        let id = entity["content-id"].map { $0.filter { $0 != "<" && $0 != ">" } }
        attachments.append(
            Attachment(
                name: name ?? id ?? "part-\(attachments.count + 1)",
                type: type.value.isEmpty ? "application/octet-stream" : type.value, contentID: id,
                bytes: entity.content))
    }

    private static let depthLimit = 20
}
