/// Keeps what an app prints from taking over the terminal of whoever reads its log.
enum ControlBytes {
    /// A text of somebody else's, for the terminal.
    ///
    /// - Parameters:
    ///   - keepingLines: whether line ends stay; else they become spaces.
    ///   - keepingColours: whether colours stay, which may also hide what is written.
    static func shown(_ text: String, keepingLines: Bool = false, keepingColours: Bool = true) -> String {
        let text = keepingColours ? text : text.replacing("\u{1B}", with: "")
        let lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        let clean = lines.map { String(decoding: removed(from: Array($0.utf8)), as: UTF8.self) }
        return clean.joined(separator: keepingLines ? "\n" : " ")
    }

    /// The line without control characters other than tabs and colour sequences (`ESC [ … m`).
    static func removed(from line: [UInt8]) -> [UInt8] {
        guard line.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return line }
        var kept: [UInt8] = []
        var rest = line[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x1B:
                guard rest.first == UInt8(ascii: "[") else { continue }
                let parameters = rest.dropFirst().prefix { (0x30...0x3B).contains($0) }
                guard parameters.endIndex < rest.endIndex, rest[parameters.endIndex] == UInt8(ascii: "m") else {
                    continue
                }
                kept += [0x1B] + rest[rest.startIndex...parameters.endIndex]
                rest = rest[(parameters.endIndex + 1)...]
            case 0xC2 where rest.first.map { (0x80...0x9F).contains($0) } ?? false:
                rest = rest.dropFirst()  // The eight-bit controls, as UTF-8 writes them.
            case 0x09, 0x20..<0x7F, 0x80...:
                kept.append(byte)
            default:
                continue
            }
        }
        return kept
    }
}
