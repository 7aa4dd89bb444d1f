package import Model

/// The file that names an app's process types. Source: heroku-platform.md §5.
///
/// A line is `TYPE: COMMAND`, where the type has letters, digits, `-` and `_`. Blank lines and comments (`#`) say
/// nothing; of two lines for one type the later counts; anything else is passed over with a remark.
package enum Procfile {
    /// What a Procfile says, and what in it says nothing.
    package struct Reading: Sendable {
        /// Each type once, in the order of its first line.
        package var entries: [(ProcessType, String)]
        /// A sentence for each line that was passed over or that another one replaced.
        package var remarks: [String]
    }

    /// - Throws: ``ProcfileError`` when the bytes are no text.
    package static func parse(_ bytes: [UInt8]) throws(ProcfileError) -> [(ProcessType, String)] {
        try read(bytes).entries
    }

    /// As ``parse(_:)``, with remarks for the person who wrote the file.
    package static func read(_ bytes: [UInt8]) throws(ProcfileError) -> Reading {
        let source: SourceText
        do {
            source = try SourceText(bytes)
        } catch {
            throw ProcfileError(offset: error.offset, byte: error.byte, line: line(of: error.offset, in: bytes))
        }
        var reading = Reading(entries: [], remarks: [])
        for (index, line) in source.lines.enumerated() {
            let content = line.trimming(isBlank)
            if content.isEmpty || content.hasPrefix("#") { continue }
            switch entry(content) {
            case .entry(let type, let command):
                if let control = command.utf8.first(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
                    reading.remarks.append("line \(index + 1) has the control byte \(hex(control)) and was ignored")
                } else if let earlier = reading.entries.firstIndex(where: { $0.0 == type }) {
                    reading.entries[earlier].1 = command
                    reading.remarks.append("line \(index + 1) replaces an earlier line for \(type)")
                } else {
                    reading.entries.append((type, command))
                }
            case .noCommand(let name):
                reading.remarks.append("line \(index + 1) has no command for \(name) and was ignored")
            case .noType: reading.remarks.append("line \(index + 1) is not \"TYPE: COMMAND\" and was ignored")
            case .badType(let byte):
                reading.remarks.append(
                    "line \(index + 1) has the byte \(hex(byte)) in its process type and was ignored;"
                        + " a type has letters, digits, - and _")
            }
        }
        return reading
    }

    private enum Line {
        case entry(ProcessType, String)
        case noCommand(String)
        case noType
        case badType(UInt8)
    }

    private static func entry(_ line: Substring) -> Line {
        guard let colon = line.firstIndex(of: ":") else { return .noType }
        let name = line[..<colon].trimming(isBlank)
        guard let type = ProcessType(name) else {
            let bad = name.utf8.first { ProcessType(String(UnicodeScalar($0))) == nil }
            return bad.map(Line.badType) ?? .noType
        }
        let command = line[line.index(after: colon)...].trimming(isBlank)
        return command.isEmpty ? .noCommand(type.text) : .entry(type, String(command))
    }

    // No-break spaces and the like come from web pages, and the meaning is plain.
    private static func isBlank(_ character: Character) -> Bool {
        character.isWhitespace || character == "\u{FEFF}" || character == "\u{200B}"
    }

    private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
        bytes[..<offset].count { $0 == 0x0A } + 1
    }

    private static func hex(_ byte: UInt8) -> String {
        "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

/// A Procfile that is no text.
package struct ProcfileError: Explained, Equatable {
    /// Of the first byte that makes no sense, counted from 0.
    package let offset: Int
    package let byte: UInt8
    /// Counted from 1.
    package let line: Int

    package var explanation: Explanation {
        let hex = (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        return Explanation(
            "Couldn't read the Procfile",
            because: "Byte \(offset) (0x\(hex), in line \(line)) is not UTF-8 text.",
            mend: ["Save the Procfile as plain UTF-8 text, commit, and push again", "file Procfile"])
    }
}

extension Substring {
    /// Without the characters at both ends for which `isBlank` holds.
    func trimming(_ isBlank: (Character) -> Bool) -> Substring {
        var rest = self
        while let first = rest.first, isBlank(first) { rest = rest.dropFirst() }
        while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
        return rest
    }
}
