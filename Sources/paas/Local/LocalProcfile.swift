import Console
import Model
import Posix

/// The process types of a Procfile with their commands, in its order. Source: heroku-cli.md §7.
struct LocalProcfile {
    private(set) var types: [String] = []
    private var commands: [String: String] = [:]

    init(entries: [(type: String, command: String)]) {
        for (type, command) in entries { set(type, command) }
    }

    /// - Throws: ``Failure`` for a line with letters or digits in it that is no `TYPE: COMMAND`.
    init(parsing text: String) throws(Failure) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard !line.drop(while: \.isWhitespace).hasPrefix("#"), line.contains(where: { $0.isLetter || $0.isNumber })
            else { continue }
            guard let colon = line.firstIndex(of: ":"), let type = ProcessType(line[..<colon]),
                case let command = line[line.index(after: colon)...].trimmingBlanks, !command.isEmpty
            else {
                throw Failure(
                    "line \(index + 1) parse error: \(line)",
                    mend: ["A line of a Procfile is like: web: gunicorn app:app"])
            }
            set(type.text, command)
        }
    }

    subscript(type: String) -> String? { commands[type] }

    private mutating func set(_ type: String, _ command: String) {
        if commands.updateValue(command, forKey: type) == nil { types.append(type) }
    }

    /// - Returns: `nil` when there is no such file.
    static func read(_ path: String) throws -> LocalProcfile? {
        guard FileTree.exists(path), !FileTree.isFolder(path) else { return nil }
        return try LocalProcfile(parsing: FileTree.readText(path))
    }

    /// - Parameter path: what `--procfile` named.
    static func missing(_ path: String?) -> Failure {
        Failure(
            """
            No Procfile found\(path.map { " at \($0)" } ?? "").
            Add a Procfile to add process types.
            https://devcenter.heroku.com/articles/procfile
            Or specify a start command with --start-cmd.
            """, exitCode: 2)
    }
}

extension StringProtocol {
    /// Without blanks, tabs and line ends at both ends.
    var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
