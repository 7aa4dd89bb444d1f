import Glibc
import Model
import Posix
import Testing

@testable import Git

@Suite("Exporting a commit", .timeLimit(.minutes(2)))
struct ExportTests {
    @Test("writes every file as it is in Git, with its executable bit, links as links, and no .git")
    func tree() throws {
        let workshop = try Workshop()
        try FileTree.makeFolder(workshop.clone + "/a/b")
        try workshop.write("one\r\ntwo\r\n", to: "text.txt")
        try workshop.write("*.txt text eol=lf\n*.txt ident\n", to: ".gitattributes")
        try workshop.write("#!/bin/sh\n", to: "a/b/run")
        chmod(workshop.clone + "/a/b/run", 0o755)
        symlink("../text.txt", workshop.clone + "/a/link")
        try workshop.git("-c", "core.autocrlf=false", "add", "--all")
        try FileTree.write([], to: workshop.clone + "/empty file")
        let commit = try workshop.commit()
        try workshop.git("push", "--quiet", "paas", "main")
        let stored = try workshop.git("cat-file", "blob", "HEAD:text.txt")

        let (folder, export) = try workshop.export(commit)
        #expect(try FileTree.names(in: folder) == [".gitattributes", "a", "empty file", "text.txt"])
        #expect(try FileTree.readText(folder + "/text.txt") == stored + "\n")
        #expect(workshop.mode(folder + "/text.txt") == S_IFREG | 0o644)
        #expect(workshop.mode(folder + "/a/b/run") == S_IFREG | 0o755)
        #expect(workshop.mode(folder + "/a/b") == S_IFDIR | 0o755)
        #expect(workshop.mode(folder + "/a/link") & S_IFMT == S_IFLNK)
        #expect(try FileTree.read(folder + "/a/link") == FileTree.read(folder + "/text.txt"))
        #expect(export.files == 5)
        #expect(export.notes == [])
    }

    @Test("of a commit without files gives an empty folder")
    func empty() throws {
        let workshop = try Workshop()
        let commit = try workshop.commit()
        try workshop.git("push", "--quiet", "paas", "main")
        let (folder, export) = try workshop.export(commit)
        #expect(try FileTree.names(in: folder) == [])
        #expect(export == Export())
    }

    @Test("reads what is still in git's quarantine, from another process, while the hook waits")
    func quarantine() throws {
        let workshop = try Workshop()
        let ready = workshop.path + "/ready"
        let answer = workshop.path + "/answer"
        mkfifo(ready, 0o600)
        mkfifo(answer, 0o600)
        try workshop.store.refreshHook(
            of: workshop.app,
            hook:
                "#!/bin/sh\nread old new ref\necho \"$new $GIT_QUARANTINE_PATH\" >'\(ready)'\nread code <'\(answer)'\nexit $code\n"
        )
        for (packed, code) in [(false, 1), (true, 0)] {
            let count = packed ? 150 : 3
            for number in 1...count { try workshop.write("\(number)", to: "file\(number)") }
            let commit = try workshop.commit()
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            let push = try Subprocess.start(
                "/usr/bin/git", arguments: ["push", "--quiet", "paas", "main"], environment: workshop.environment,
                folder: workshop.clone, descriptors: [null.raw, null.raw, null.raw])
            let told = try FileTree.readText(ready).split(whereSeparator: \.isWhitespace).map(String.init)
            #expect(told.first == commit)
            let quarantine = try #require(told.last)
            #expect(throws: ExportError.notACommit(commit)) { try workshop.export(commit) }
            let (folder, export) = try workshop.export(commit, alternates: [quarantine])
            #expect(export.files == count)
            #expect(try FileTree.readText("\(folder)/file\(count)") == "\(count)")
            try Descriptor(opening: answer, O_WRONLY).writeAll("\(code)\n".utf8)
            #expect(try Subprocess.wait(push) == .code(Int32(code)))
            #expect(try workshop.store.head(of: workshop.app) == (code == 0 ? commit : nil))
        }
    }

    @Test("streams large files, loose or packed, and they arrive whole", arguments: [false, true])
    func largeFile(isPacked: Bool) throws {
        let workshop = try Workshop()
        let size = 40 << 20
        var bytes = [UInt8](repeating: 0, count: size)
        arc4random_buf(&bytes, size)
        let id = try workshop.object("blob", bytes)
        let commit = try workshop.commit(tree: workshop.tree([("100644", "large", id)]))
        if isPacked {
            try workshop.git("update-ref", "refs/heads/main", commit, in: workshop.bare)
            try workshop.git("repack", "-a", "-d", "-q", in: workshop.bare)
        }
        let objects = workshop.bare + "/objects"
        let database = try ObjectDatabase(opening: objects, alternates: [])
        let object = try #require(ObjectID(id))
        #expect(try database.stream(object) { _ in } == !isPacked)
        let file = try Descriptor(opening: workshop.path + "/streamed", O_WRONLY | O_CREAT)
        #expect(try ObjectSource(objects: objects, alternates: ["/tmp/a:b\"c"]).stream(object, to: file))
        #expect(try FileTree.read(workshop.path + "/streamed") == bytes)

        let (folder, export) = try workshop.export(commit)
        #expect(try FileTree.read(folder + "/large") == bytes)
        #expect(export.bytes == Int64(size))
    }

    @Test("of 20,000 files and 300 MB is complete")
    func manyFiles() throws {
        let workshop = try Workshop()
        let stream = workshop.path + "/stream"
        do {
            let file = try Descriptor(opening: stream, O_WRONLY | O_CREAT)
            try file.writeAll("commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\n".utf8)
            var content = [UInt8](repeating: 0, count: 15_000)
            for number in 0..<20_000 {
                arc4random_buf(&content, 64)
                let header = "M 100644 inline d\(number / 100)/f\(number)\ndata \(content.count)\n"
                try file.writeAll(Array(header.utf8) + content + [10])
            }
        }
        let input = try Descriptor(opening: stream)
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let child = try Subprocess.start(
            "/usr/bin/git", arguments: ["--git-dir", workshop.bare, "fast-import", "--quiet", "--depth=0"],
            environment: workshop.environment, descriptors: [input.raw, null.raw, null.raw])
        #expect(try Subprocess.wait(child).isSuccess)
        let (folder, export) = try workshop.export(try #require(try workshop.store.head(of: workshop.app)))
        #expect(export.files == 20_000)
        #expect(export.bytes == 300_000_000)
        #expect(try FileTree.names(in: folder).count == 200)
        #expect(try FileTree.read(folder + "/d199/f19999").count == 15_000)
    }

    @Test("lists Git LFS pointers, and no file that only looks alike")
    func lfs() throws {
        let workshop = try Workshop()
        let pointer =
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "a", count: 64))\nsize 9\n"
        try FileTree.makeFolder(workshop.clone + "/images")
        try workshop.write(pointer, to: "images/logo.png")
        try workshop.write("# " + pointer, to: "README")
        try workshop.write(pointer + String(repeating: "x", count: 1000), to: "long")
        let commit = try workshop.commit()
        try workshop.git("push", "--quiet", "paas", "main")
        #expect(try workshop.export(commit).export.lfsPointers == ["images/logo.png"])
    }

    @Test("stops at the limits for number, size and depth, and leaves nothing")
    func limits() throws {
        let workshop = try Workshop()
        var inner = try workshop.tree([("100644", "f", workshop.blob("12345"))])
        for _ in 0..<5 { inner = try workshop.tree([("40000", "d", inner)]) }
        let commit = try workshop.commit(tree: inner)
        let folder = workshop.path + "/out"
        func attempt(_ limits: ExportLimits) throws {
            _ = try workshop.store.export(commit, of: workshop.app, alternates: [], into: folder, limits: limits)
        }
        #expect(throws: ExportError.tooManyEntries(limit: 5)) { try attempt(ExportLimits(entries: 5)) }
        #expect(throws: ExportError.tooLarge(limitBytes: 4)) { try attempt(ExportLimits(bytes: 4)) }
        #expect(throws: ExportError.tooDeep(path: "d/d/d/d/d", limit: 4)) { try attempt(ExportLimits(depth: 4)) }
        #expect(!FileTree.exists(folder))
        try attempt(ExportLimits(entries: 6, bytes: 5, depth: 5))
    }

    @Test("of a tree that folds in on itself a billion times ends at the limit")
    func bomb() throws {
        let workshop = try Workshop()
        var tree = try workshop.tree([("100644", "f", workshop.blob("x"))])
        for _ in 0..<10 { tree = try workshop.tree((0..<10).map { ("40000", "d\($0)", tree) }) }
        let commit = try workshop.commit(tree: tree)
        #expect(throws: ExportError.tooManyEntries(limit: 2000)) {
            try workshop.export(commit, limits: ExportLimits(entries: 2000))
        }
    }
}
