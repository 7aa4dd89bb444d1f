import Git
import Glibc
import Model
import Posix
import Testing

@Suite("A tree that tries to get out", .timeLimit(.minutes(2)))
struct HostileTreeTests {
    @Test(
        "is refused for a name that leads elsewhere, which the error names",
        arguments: [
            "..", ".", "", "a/b", "/etc", "../x", ".git", ".GIT", ".Git", "git~1", "GIT~1", ".git.", ".git ",
            ".git . .",
            ".git::$INDEX_ALLOCATION", ".git:x", ".git\\x", ".g\u{200C}it", "\u{FEFF}.git", ".gi\u{200D}T",
        ])
    func forbidden(name: String) throws {
        let workshop = try Workshop()
        let blob = try workshop.blob("evil")
        let inner = try workshop.tree([("100644", "config", blob)])
        for entry in [("100644", name, blob), ("40000", name, inner), ("120000", name, blob)] {
            let commit = try workshop.commit(tree: workshop.tree([("40000", "d", workshop.tree([entry]))]))
            #expect(throws: ExportError.forbiddenName(path: "d/\(name)")) { try workshop.export(commit) }
        }
        #expect(try FileTree.names(in: workshop.path).filter { $0.hasPrefix("export") } == [])
    }

    @Test(
        "is taken as it is for names that only look dangerous",
        arguments: [
            ".gitignore", ".github", "git", "git~2", "...", "..a", "a..", "CON", "nul", "a\\b", "-rf", "~", "a\nb",
        ])
    func harmless(name: String) throws {
        let workshop = try Workshop()
        let commit = try workshop.commit(tree: workshop.tree([("100644", name, workshop.blob("fine"))]))
        let (folder, _) = try workshop.export(commit)
        #expect(try FileTree.readText("\(folder)/\(name)") == "fine")
    }

    @Test("keeps links that lead out as links, notes them, and never writes through one")
    func links() throws {
        let workshop = try Workshop()
        let outside = workshop.path + "/outside"
        try FileTree.makeFolder(outside)
        let blob = try workshop.blob("evil")
        let link = try workshop.blob(outside)
        let inner = try workshop.tree([("100644", "file", blob)])

        let plain = try workshop.commit(
            tree: workshop.tree([
                ("120000", "absolute", try workshop.blob("/etc/passwd")),
                (
                    "40000", "d",
                    try workshop.tree([
                        ("120000", "in", try workshop.blob("../absolute")),
                        ("120000", "up", try workshop.blob("../../x")),
                    ])
                ), ("120000", "self", try workshop.blob(".")),
            ]))
        let (folder, export) = try workshop.export(plain)
        #expect(workshop.mode(folder + "/absolute") & S_IFMT == S_IFLNK)
        #expect(
            export.notes == [
                "absolute is a link out of the app, to /etc/passwd", "d/up is a link out of the app, to ../../x",
            ])

        // A link and then a folder, or a file, of the same name.
        for second in [("40000", "a", inner), ("100644", "a", blob)] {
            let commit = try workshop.commit(tree: workshop.tree([("120000", "a", link), second]))
            #expect(throws: ExportError.duplicate(path: "a")) { try workshop.export(commit) }
        }
        let file = try workshop.blob(outside + "/file")
        let commit = try workshop.commit(tree: workshop.tree([("120000", "a", file), ("100644", "a", blob)]))
        #expect(throws: ExportError.duplicate(path: "a")) { try workshop.export(commit) }
        #expect(try FileTree.names(in: outside) == [])
    }

    @Test("is refused when the folder that it is to fill is itself a link")
    func linkedFolder() throws {
        let workshop = try Workshop()
        let outside = workshop.path + "/outside"
        try FileTree.makeFolder(outside)
        symlink(outside, workshop.path + "/target")
        let commit = try workshop.commit(tree: workshop.tree([("100644", "a", workshop.blob("x"))]))
        #expect(throws: PosixError.self) {
            try workshop.store.export(
                commit, of: workshop.app, alternates: [], into: workshop.path + "/target", limits: ExportLimits())
        }
        #expect(try FileTree.names(in: outside) == [])
    }

    @Test("with a name of 300 characters is refused with an error that says so")
    func longName() throws {
        let workshop = try Workshop()
        let name = String(repeating: "n", count: 300)
        let commit = try workshop.commit(tree: workshop.tree([("100644", name, workshop.blob("x"))]))
        let error = try #require(throws: ExportError.self) { try workshop.export(commit) }
        #expect(error == .nameTooLong(path: name, bytes: 300))
        let shown = String(repeating: "n", count: 60) + "…" + String(repeating: "n", count: 40)
        #expect(error.explanation.why == "The name \(shown) has 300 bytes, a file name has 255 at most.")
    }

    @Test("with names that are no UTF-8 keeps their bytes")
    func bytes() throws {
        let workshop = try Workshop()
        let names: [[UInt8]] = [[0x61, 0xFF, 0xFE], [0xC3, 0x28], [1, 2, 0x7F]]
        let blob = try workshop.blob("x")
        let commit = try workshop.commit(tree: workshop.tree(names.map { ("100644", $0, blob) }))
        let (folder, _) = try workshop.export(commit)
        for name in names {
            let path = (Array(folder.utf8) + [47] + name + [0]).map(CChar.init(bitPattern:))
            #expect(access(path, R_OK) == 0)
        }
    }

    @Test("with a link to nowhere, or a damaged or missing object, is refused by name")
    func damaged() throws {
        let workshop = try Workshop()
        let empty = try workshop.commit(tree: workshop.tree([("120000", "a", workshop.blob(""))]))
        #expect(throws: ExportError.badLink(path: "a")) { try workshop.export(empty) }
        let long = try workshop.commit(
            tree: workshop.tree([("120000", "a", workshop.blob(String(repeating: "x", count: 5000)))]))
        #expect(throws: ExportError.badLink(path: "a")) { try workshop.export(long) }
        let garbage = try workshop.object("tree", Array("100644 a".utf8))
        let inner = try workshop.commit(tree: workshop.tree([("40000", "d", garbage)]))
        #expect(throws: ExportError.damagedTree(path: "d")) { try workshop.export(inner) }
        let device = try workshop.commit(tree: workshop.tree([("20000", "tty", workshop.blob("x"))]))
        #expect(throws: ExportError.damagedTree(path: "/")) { try workshop.export(device) }
        let nowhere = String(repeating: "12", count: 20)
        let missing = try workshop.commit(tree: workshop.tree([("100644", "gone", nowhere)]))
        #expect(throws: ExportError.missingObject(path: "gone", id: nowhere)) { try workshop.export(missing) }
        #expect(throws: ExportError.notACommit(nowhere)) { try workshop.export(nowhere) }
        #expect(throws: ExportError.notACommit("HEAD")) { try workshop.export("HEAD") }
    }
}
