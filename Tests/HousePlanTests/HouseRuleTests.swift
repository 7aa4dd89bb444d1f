import Testing

@Suite("The rules of the house")
struct HouseRuleTests {
    /// Files that may be longer than the limit, each with its reason.
    private static let longFiles: [String: String] = [:]

    @Test("nothing is public: one package, many rooms")
    func access() throws {
        for file in try SourceTree.sources() {
            let lines = file.code.filter { line in
                (line.text.contains("public ") || line.text.contains("open "))
                    && line.text.contains(
                        /^\s*(@\w+\s+)*(public|open)\s+(\w+\s+)*(struct|enum|class|actor|protocol|func|var|let|init|extension|typealias|subscript|import)\b/
                    )
            }
            #expect(lines.isEmpty, "\(file):\(lines.first?.number ?? 0) is public")
        }
    }

    @Test("a file holds one concept: 400 lines are the most")
    func length() throws {
        for file in try SourceTree.sources() where Self.longFiles[file.path] == nil {
            #expect(
                file.lines.count <= 401, "\(file) has \(file.lines.count - 1) lines: which second concept is in it?")
        }
    }

    @Test("a file is named after what is in it, never after nothing in particular")
    func names() throws {
        for file in try SourceTree.sources() {
            let vague = file.path.replacing("PackageManager", with: "").firstMatch(
                of: /Utils|Utilities|Helper|Manager|Common|Misc|Types\.swift/)
            #expect(vague == nil, "\(file) says too little")
        }
    }

    @Test("no result is forced: no try!, no as!")
    func forcing() throws {
        for file in try SourceTree.sources() {
            let lines = file.code.filter { $0.text.contains("try!") || $0.text.contains("as!") }
            #expect(lines.isEmpty, "\(file):\(lines.first?.number ?? 0) forces a result")
        }
    }

    @Test("whatever escapes the compiler's checks says in a comment why it may")
    func reasons() throws {
        for file in try SourceTree.sources() {
            for line in file.code
            where line.text.contains("@unchecked Sendable") || line.text.contains("nonisolated(unsafe)") {
                let above = line.number >= 2 ? file.lines[line.number - 2] : ""
                #expect(
                    line.text.contains("//") || above.contains("//"),
                    "\(file):\(line.number) needs its reason beside it")
            }
        }
    }
}
