import Posix

/// A folder of one test's own, gone when the test is over.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/paas-search-\(UInt64.random(in: 0 ... .max))"
        try FileTree.makeFolder(path)
    }

    deinit { try? FileTree.remove(path) }  // Nothing can be done about a folder that stays.
}
