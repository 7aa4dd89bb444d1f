internal import Model
internal import Posix

/// The versions of installed programs, asked once and remembered in the app's cache until the program's file changes.
///
/// The app can write to its cache, so nothing here is trusted further than for what a version is good for.
struct VersionBook {
    private let file: String
    private var known: [String: String] = [:]

    init(_ file: String, _ cache: WorkTree) {
        self.file = file
        for line in (cache.readText(file) ?? "").split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count == 2 { known[String(fields[0])] = String(fields[1]) }
        }
    }

    /// The version of the program at `path`; `-` for one that does not work, `nil` when nobody has asked yet.
    subscript(path: String) -> String? {
        get { known[Self.key(path)] }
        set { known[Self.key(path)] = newValue }
    }

    /// Asks all of `programs` that nobody has asked yet, in one step, and remembers what they say.
    ///
    /// - Parameters:
    ///   - readable: folders that the dyno needs for it.
    ///   - question: a program's path as a word of the shell, turned into the command that asks it.
    ///   - reading: the version in the first line of an answer; `nil` when that says it is of no use.
    mutating func ask(
        _ programs: [String], _ session: BuildSession, readable: [String], question: (String) -> String,
        reading: (String) -> String?
    ) async throws {
        let unknown = programs.filter { self[$0] == nil }
        guard !unknown.isEmpty else { return }
        let command = unknown.map { program in
            "printf '%s\\t%s\\n' \(shellQuoted(program)) \"$(\(question(shellQuoted(program))) 2>/dev/null)\""
        }.joined(separator: "\n")
        let answer = try await session.capture(
            command, ["PATH": BuildSession.systemPath, "HOME": "/tmp"], readable: Array(Set(readable)).sorted())
        for program in unknown { self[program] = "-" }
        for line in answer.lines.lines {
            let fields = line.split(separator: "\t", maxSplits: 1).map(String.init)
            if fields.count == 2, unknown.contains(fields[0]) { self[fields[0]] = reading(fields[1]) ?? "-" }
        }
        try save(session.cache)
    }

    private func save(_ cache: WorkTree) throws {
        try cache.write(known.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }.joined(), to: file)
    }

    private static func key(_ path: String) -> String { "\(path)@\(Machine.fingerprint(path))" }
}
