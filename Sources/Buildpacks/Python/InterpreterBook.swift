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
        try await ask(interpreters, session)
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
        try await book.ask(
            interpreters.map(\.executable), session,
            readable: interpreters.filter { !$0.isVisibleInDynos }.map(\.prefix),
            question: { "\($0) -I -c \(shellQuoted(question))" },
            reading: { answer in
                let words = answer.split(separator: " ")
                return words.count == 2 && words[1] == "final" ? String(words[0]) : nil
            })
    }
}
