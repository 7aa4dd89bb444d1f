/// What an export wrote.
package struct Export: Sendable, Equatable {
    /// Files and links.
    package var files: Int = 0
    /// The content of all files.
    package var bytes: Int64 = 0
    /// Other repositories that belong into the tree; each has an empty folder there so far.
    package var submodules: [Submodule] = []
    /// Paths of files that are Git LFS pointers: their content is somewhere else. At most ``noteLimit``.
    package var lfsPointers: [String] = []
    /// Remarks for the person who pushed, such as links that lead out of the app. At most ``noteLimit``.
    package var notes: [String] = []

    package static let noteLimit = 20

    package init() {}
}

/// Another repository at a path of the tree.
package struct Submodule: Sendable, Equatable {
    /// Below the root of the exported tree.
    package let path: String
    /// As `.gitmodules` has it; empty when that file says nothing of the path.
    package let url: String
    package let commit: String

    package init(path: String, url: String, commit: String) {
        self.path = path
        self.url = url
        self.commit = commit
    }
}

/// How much a tree may hold.
package struct ExportLimits: Sendable {
    /// Files, links and folders.
    package var entries: Int
    /// The content of all files.
    package var bytes: Int64
    /// Folders in each other; each takes an open descriptor during the export.
    package var depth: Int

    package init(entries: Int = 500_000, bytes: Int64 = 8 << 30, depth: Int = 200) {
        self.entries = entries
        self.bytes = bytes
        self.depth = depth
    }
}
