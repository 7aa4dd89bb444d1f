import Posix

/// A folder of one test's own, gone when the test is over.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/paas-logs-\(UInt64.random(in: 0 ... .max))"
        try FileTree.makeFolder(path)
    }

    deinit {
        // A log may be written to at this very moment: then the folder is not empty yet, and the next attempt succeeds.
        for _ in 0..<100 where FileTree.exists(path) { try? FileTree.remove(path) }
    }
}
