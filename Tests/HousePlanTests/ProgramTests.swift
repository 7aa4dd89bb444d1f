import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("The programs that run for every dyno and every request")
struct ProgramTests {
    @Test("are linked from rooms without Foundation", arguments: ["paas-dyno", "paas-router", "paas-search"])
    func rooms(program: String) throws {
        let rooms = try Manifest.read().closure(of: program)
        for file in try SourceTree.sources() where rooms.contains(file.room) {
            let foundation = file.imports.filter { $0.hasPrefix("Foundation") }
            #expect(foundation.isEmpty, "\(program) would link Foundation through \(file)")
        }
    }

    @Test(
        "carry no Foundation when built for release",
        .enabled(if: Self.built != nil, "PAAS_BIN names no built programs"),
        arguments: ["paas-dyno", "paas-router", "paas-search"])
    func binaries(program: String) throws {
        let folder = try #require(Self.built)
        // What every symbol of FoundationEssentials and of Foundation starts with.
        for mark in ["$s20FoundationEssentials", "$s10Foundation"] {
            #expect(try !contains("\(folder)/\(program)", mark), "\(program) holds symbols \(mark)…")
        }
    }

    @Test(
        "start without the dynamic loader", .enabled(if: Self.built != nil, "PAAS_BIN names no built programs"),
        arguments: ["paas", "paas-dyno", "paas-router"])
    func loader(program: String) throws {
        let folder = try #require(Self.built)
        #expect(try !contains("\(folder)/\(program)", "/lib64/ld-linux"), "\(program) asks for the dynamic loader")
    }

    /// The folder of the release build, where the one who runs the tests has named it.
    private static let built: String? = getenv("PAAS_BIN").map { String(cString: $0) }.flatMap { folder in
        FileTree.exists("\(folder)/paas-dyno") ? folder : nil
    }

    private func contains(_ file: String, _ text: String) throws -> Bool {
        let found = try Subprocess.capture("/bin/grep", arguments: ["-qaF", text, file], environment: [:])
        try #require(found.end == .code(0) || found.end == .code(1), "grep could not read \(file)")
        return found.end.isSuccess
    }
}
