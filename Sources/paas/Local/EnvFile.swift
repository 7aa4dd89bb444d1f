import APISchema
import Console
import Posix

/// A file of variables: JSON, or a `KEY=VALUE` a line. Source: heroku-cli.md §7.
struct EnvFile: Equatable {
    enum Format: String { case json = "JSON", keyValue = "KEY=VALUE" }

    let format: Format
    let variables: [String: String]

    /// - Parameter name: for messages.
    /// - Throws: ``Failure`` for a value whose quote is not closed in its line.
    init(parsing bytes: [UInt8], name: String) throws(Failure) {
        // Some editors of Windows put the mark of UTF-8 in front.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let tree = try? WireJSON.decode(JSONTree.self, from: bytes) {  // What is no JSON is the other format.
            format = .json
            variables = tree.flattened
        } else {
            format = .keyValue
            variables = try KeyValueText.variables(in: String(decoding: bytes, as: UTF8.self), name: name)
        }
    }
}

/// Lines of `KEY=VALUE`, by the rules of node-foreman: no `export`, no `$OTHER`, no value over several lines.
enum KeyValueText {
    static func variables(in text: String, name: String) throws(Failure) -> [String: String] {
        var variables: [String: String] = [:]
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = raw.trimmingBlanks
            // Shorter ones cannot hold a key, `=` and a value.
            guard line.count > 2, !line.hasPrefix("#") else { continue }
            let halves = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = halves[0].trimmingBlanks
            guard !key.isEmpty else { continue }
            guard let value = value(of: halves.count > 1 ? halves[1].trimmingBlanks : "") else {
                throw Failure(
                    "Line \(index + 1) of \(name) has a quote that is not closed: \(key)",
                    mend: ["A value stands in one line; for one of several lines use a file in JSON, with \\n in it."])
            }
            variables[key] = value
        }
        return variables
    }

    /// - Returns: `nil` when there is no second quote.
    private static func value(of text: String) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            return String(text.prefix { $0 != "#" }).trimmingEnd
        }
        let inner = text.dropFirst()
        return inner.firstIndex(of: quote).map { String(inner[..<$0]) }
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        String(self[..<(lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex)])
    }
}
