import Testing

@Suite("docs/parity.md")
struct ParityTests {
    @Test("names only tests that exist")
    func proofs() throws {
        let tests = try SourceTree.swiftFiles(below: "Tests")
        let lines = try SourceTree.text(of: "docs/parity.md").matches(of: /(?m)^\| .+ \| `(\w+)`: (.+) \|$/)
        #expect(lines.count > 10, "docs/parity.md could not be read")
        for line in lines {
            let path = tests.first { $0.hasSuffix("/\(line.1).swift") }
            let file = try SourceTree.text(of: try #require(path, "there is no \(line.1).swift"))
            #expect(file.contains("\"\(line.2)\""), "\(line.1) has no test \"\(line.2)\"")
        }
    }
}
