internal import Model
internal import Posix

/// The exact versions of interpreters, asked once and then remembered in the app's cache until the file changes.
struct InterpreterBook {
    private var book: VersionBook

    init(_ cache: WorkTree) { book = VersionBook("python/interpreters", cache) }

    /// The working ones of `interpreters` with their versions, newest first, those that dynos see first among equals.
    mutating func versions(
        of interpreters: [Interpreter], _ session: BuildSession
    ) async throws -> [(interpreter: Interpreter, version: PythonVersion)] {
        let unknown = interpreters.filter { book[$0.executable] == nil }
        if !unknown.isEmpty { try await ask(unknown, session) }
        return interpreters.compactMap { interpreter in
            guard let text = book[interpreter.executable], let version = PythonVersion(text),
                version.series == interpreter.series
            else { return nil }
            return (interpreter, version)
        }.sorted { left, right in
            if left.version != right.version { return left.version > right.version }
            if left.interpreter.isVisibleInDynos != right.interpreter.isVisibleInDynos {
                return left.interpreter.isVisibleInDynos
            }
            return left.interpreter.executable < right.interpreter.executable
        }
    }

    private mutating func ask(_ interpreters: [Interpreter], _ session: BuildSession) async throws {
        // Without zlib and ssl no package can be installed or fetched: such a build is of no use to an app.
        let question = "import sys, zlib, ssl; print(\"%d.%d.%d\" % sys.version_info[:3], sys.version_info[3])"
        let command = interpreters.map { interpreter in
            "printf '%s\\t' \(shellQuoted(interpreter.executable));"
                + " \(shellQuoted(interpreter.executable)) -I -c \(shellQuoted(question)) 2>/dev/null || echo -"
        }.joined(separator: "\n")
        let prefixes = interpreters.filter { !$0.isVisibleInDynos }.map(\.prefix)
        let answer = try await session.capture(
            command, ["PATH": BuildSession.systemPath], readable: Array(Set(prefixes)).sorted())
        for line in answer.lines.lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 2, let interpreter = interpreters.first(where: { $0.executable == fields[0] }) else {
                continue
            }
            let words = fields[1].split(separator: " ")
            let isFinal = words.count == 2 && words[1] == "final"
            book[interpreter.executable] = isFinal ? String(words[0]) : "-"
        }
        for interpreter in interpreters where book[interpreter.executable] == nil { book[interpreter.executable] = "-" }
        try book.save(session.cache)
    }
}
