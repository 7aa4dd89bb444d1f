import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Files that a dyno has written below /app", .timeLimit(.minutes(2)))
struct LostFileTests {
    private static let script = """
        mkdir uploads deep && echo cat > uploads/cat.png && echo changed >> notes.txt && rm gone.txt
        chmod 600 owned.txt; touch owned.txt; echo x > "deep/$(printf 'two\\nlines')"
        mkdir __pycache__ tmp node_modules && echo 1 | tee __pycache__/a.pyc tmp/b node_modules/c server.pid .bash_history
        ln -s notes.txt link; echo 1234 > db.sqlite3; echo 1 > db.sqlite3-wal
        """
    private static let files = ["notes.txt": "as it was", "gone.txt": "x", "owned.txt": "the same", "kept/a": "a"]

    @Test(
        "are told at its end by name and size: what is new or changed, not what is touched, or made anew by itself",
        arguments: SandboxLevel.possible)
    func told(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let transcript = try await machine.run(Self.script, layers: [try machine.layer("slug", Self.files)])
        let lost = try #require(transcript.lost)
        #expect(lost.files.map(\.path) == ["db.sqlite3", "deep/two\u{FFFD}lines", "notes.txt", "uploads/cat.png"])
        #expect(lost.files.map(\.sizeBytes) == [5, 2, 17, 4])
        #expect(lost.count == 4)
        #expect(lost.isComplete)
        // Right before the end.
        guard case .lost? = transcript.events.dropLast().last else { throw NotBeforeTheEnd() }
        try await machine.leave()
    }

    @Test("are not told where there are none", arguments: SandboxLevel.possible)
    func none(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let layers = [try machine.layer("app", Self.files), try machine.layer("python", ["bin/python": "x"])]
        #expect(try await machine.run("cat notes.txt; echo x > /tmp/elsewhere", layers: layers).lost == nil)
        try await machine.leave()
    }

    @Test("are told to a daemon that comes after the end", arguments: SandboxLevel.possible)
    func later(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let owner = try Owner(home: machine.home)
        let gate = try machine.layer("gate")
        let (process, id) = try owner.start(level, "leave", "sleep 0.3; echo x > late.txt", gate)
        kill(process, SIGKILL)
        _ = try Subprocess.wait(process)
        #expect(try await eventually { FileTree.exists("\(machine.home)/run/dynos/\(id)/exit") })
        let dyno = try #require(await machine.host.adopt().first)
        #expect(await Transcript(dyno.events(from: 0)).lost?.files.map(\.path) == ["late.txt"])
        await dyno.release()
        try await machine.leave()
    }

    @Test("are counted, and a thousand of them named, where there are many")
    func many() async throws {
        let machine = try Machine(.best)
        let program = "import os\nfor i in range(2500): open(f'f{i:05}', 'w').write('x')"
        let layer = try machine.layer("slug", ["many.py": program])
        let lost = try #require(try await machine.run("python3 many.py", layers: [layer]).lost)
        // A busy machine does not get to the last of them in the time that a stop may take.
        #expect(lost.files.count == min(lost.count, LostFiles.limit))
        #expect(lost.isComplete ? lost.count == 2500 : (1...2500).contains(lost.count))
        try await machine.leave()
    }

    @Test("are looked for without being followed out of the tree, whatever the app made of it")
    func hostile() async throws {
        let machine = try Machine(.best)
        let program = """
            import os
            os.symlink("/etc", "etc"); os.symlink(".", "loop"); os.mkfifo("pipe"); os.mkdir("closed"); open("closed/in", "w")
            os.chmod("closed", 0); open(b"\\xff\\x1b[31m", "w").write("x")
            for i in range(200): os.mkdir("d"); os.chdir("d")
            open("deep", "w")
            """
        let layer = try machine.layer("slug", ["hostile.py": program])
        let transcript = try await machine.run("python3 hostile.py", layers: [layer])
        #expect(transcript.ending == .code(0))
        let paths = try #require(transcript.lost).files.map(\.path)
        // As root the shim may look into a closed folder, too.
        #expect(paths.filter { $0 != "closed/in" } == ["\u{FFFD}\u{FFFD}[31m"])
        try await machine.leave()
    }

    private struct NotBeforeTheEnd: Error {}
}
