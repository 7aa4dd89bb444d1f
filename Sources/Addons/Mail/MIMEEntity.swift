/// A message, or a part of one: headers and what is behind them. Source: RFC 5322 §2, RFC 2045 §3.
struct MIMEEntity {
    /// Unfolded, as they came; what is longer than any header has to be is cut.
    let headers: [(name: String, value: String)]
    let body: ArraySlice<UInt8>

    /// Takes anything: what is no header begins the body.
    init(_ bytes: ArraySlice<UInt8>) {
        var headers: [(name: String, value: String)] = []
        var rest = bytes
        while !rest.isEmpty, headers.count < 1000 {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            var line = rest[..<end]
            if line.last == 0x0D { line = line.dropLast() }
            let next = end < rest.endIndex ? rest.index(after: end) : rest.endIndex
            if line.isEmpty {
                rest = rest[next...]
                break
            }
            line = line.prefix(Self.lineLimit)
            if line.first == 0x20 || line.first == 0x09, let last = headers.indices.last {
                if headers[last].value.utf8.count < Self.lineLimit { headers[last].value += " " + Self.trimmed(line) }
            } else if let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
                line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            {
                headers.append(
                    (String(decoding: line[..<colon], as: UTF8.self), Self.trimmed(line[(colon + 1)...])))
            } else if headers.isEmpty || !line.starts(with: Array("From ".utf8)) {
                break
            }
            rest = rest[next...]
        }
        self.headers = headers
        body = rest
    }

    /// Source: RFC 5322 §2.1.1 has 998 bytes a line; programs write more.
    private static let lineLimit = 16_384

    private static func trimmed(_ line: ArraySlice<UInt8>) -> String {
        let text = String(decoding: line, as: UTF8.self)
        guard let first = text.firstIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        var end = text.endIndex
        while end > first, [" ", "\t"].contains(text[text.index(before: end)]) { end = text.index(before: end) }
        return String(text[first..<end])
    }

    subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// The bytes that the transfer encoding stands for.
    var content: [UInt8] {
        switch (self["content-transfer-encoding"] ?? "").lowercased() {
        case "base64": Base64.decode(body, isStrict: false) ?? []
        case "quoted-printable": MailText.decodeQuotedPrintable(body)
        default: Array(body)
        }
    }

    /// The parts between the boundary's lines. Source: RFC 2046 §5.1.
    func parts(boundary: String) -> [MIMEEntity] {
        let mark = Array("--\(boundary)".utf8)
        var parts: [MIMEEntity] = []
        var start: Int?
        var line = body.startIndex
        while line < body.endIndex, parts.count < Self.partLimit {
            let end = body[line...].firstIndex(of: 0x0A) ?? body.endIndex
            let next = end < body.endIndex ? end + 1 : end
            if body[line...].starts(with: mark) {
                let behind = body[(line + mark.count)..<end]
                let isLast = behind.starts(with: Array("--".utf8))
                if isLast || behind.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
                    if let start {
                        parts.append(MIMEEntity(body[start..<max(start, Self.endOfPart(line, body, start))]))
                    }
                    start = isLast ? nil : next
                    if isLast { return parts }
                }
            }
            line = next
        }
        if let start, start < body.endIndex, parts.count < Self.partLimit { parts.append(MIMEEntity(body[start...])) }
        return parts
    }

    /// The line end before a boundary belongs to that.
    private static func endOfPart(_ line: Int, _ body: ArraySlice<UInt8>, _ start: Int) -> Int {
        var end = line
        if end > start, body[end - 1] == 0x0A { end -= 1 }
        if end > start, body[end - 1] == 0x0D { end -= 1 }
        return end
    }

    private static let partLimit = 1000
}

/// A header like `text/plain; charset="utf-8"`.
struct MIMEParameters {
    /// In lower case.
    let value: String
    private var all: [String: String] = [:]

    init(_ header: String) {
        var pieces: [String] = []
        var piece = ""
        var (isQuoted, isEscaped) = (false, false)
        for character in header {
            if isEscaped {
                piece.append(character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ";", !isQuoted {
                pieces.append(piece)
                piece = ""
            } else {
                piece.append(character)
            }
        }
        pieces.append(piece)
        value = Self.trimmed(pieces[0]).lowercased()
        for piece in pieces.dropFirst() {
            let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { continue }
            all[Self.trimmed(String(halves[0])).lowercased()] = Self.trimmed(String(halves[1]))
        }
    }

    /// A parameter, also one that is cut into pieces or percent-encoded. Source: RFC 2231.
    subscript(name: String) -> String? {
        if let plain = all[name] { return MailText.decodeWords(plain) }
        if let extended = all["\(name)*"] { return Self.extended(extended) }
        var (whole, isExtended) = ("", false)
        for index in 0..<100 {
            if let piece = all["\(name)*\(index)"] {
                whole += piece
            } else if let piece = all["\(name)*\(index)*"] {
                whole += piece
                isExtended = true
            } else {
                break
            }
        }
        guard !whole.isEmpty else { return nil }
        return isExtended ? Self.extended(whole) : whole
    }

    /// `utf-8''caf%C3%A9.txt`
    private static func extended(_ text: String) -> String {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return text }
        let bytes = MailText.decodeQuotedPrintable(Array(parts[2].replacing("%", with: "=").utf8))
        return MailText.decode(bytes, charset: String(parts[0]))
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
