import Glibc
import Posix
import Testing

@Suite("A folder that is removed")
struct FolderRemovalTests {
    @Test("goes also while a process still writes into it")
    func written() async throws {
        var template = Array("/tmp/paas-removal-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try FileTree.makeFolder("\(folder)/tree/deep")
        let writer = Task.detached {
            try Subprocess.capture(
                "/bin/bash", arguments: ["-c", "for n in {1..100000}; do : > tree/deep/$n || exit 0; done; exit 1"],
                environment: [:], folder: folder)
        }
        while !FileTree.exists("\(folder)/tree/deep/1000") { try await Task.sleep(for: .milliseconds(1)) }
        try FileTree.remove("\(folder)/tree")
        // It found its folder gone before it had written all.
        #expect(try await writer.value.end.isSuccess)
        #expect(!FileTree.exists("\(folder)/tree"))
        try FileTree.remove(folder)
    }

    @Test("goes however deep the folders in it are, with few files open")
    func deep() throws {
        var template = Array("/tmp/paas-removal-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Their names are those that a removal would give to what it moves.
        let digger = """
            import os
            for name, depth in ((".lifted-1", 50), (".lifted-2", 50), ("d" * 200, 1500)):
                os.chdir("\(folder)")
                for level in range(depth):
                    os.mkdir(name)
                    os.chdir(name)
            open("file", "w").close()
            """
        let made = try Subprocess.capture("/usr/bin/python3", arguments: ["-c", digger], environment: [:])
        #expect(made.end.isSuccess, "\(String(decoding: made.errors, as: UTF8.self))")
        try FileTree.remove(folder)
        #expect(!FileTree.exists(folder))
    }
}
