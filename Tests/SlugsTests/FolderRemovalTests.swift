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
}
