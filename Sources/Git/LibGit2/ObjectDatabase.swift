internal import CGit2
internal import Model

/// The objects of a repository and of further folders, without its references or settings.
///
/// Each is opened anew for one piece of work, so that it knows the packs that a push has just brought.
struct ObjectDatabase: ~Copyable {
    private let handle: OpaquePointer

    /// - Parameter alternates: further object folders, such as git's quarantine during a push.
    init(opening folder: String, alternates: [String]) throws(GitError) {
        var handle: OpaquePointer?
        try git("git_odb_open") { git_odb_open(&handle, folder) }
        guard let handle else { throw GitError(code: -1, function: "git_odb_open", message: "no handle") }
        do {
            for alternate in alternates {
                try git("git_odb_add_disk_alternate") { git_odb_add_disk_alternate(handle, alternate) }
            }
        } catch {
            git_odb_free(handle)
            throw error
        }
        self.handle = handle
    }

    deinit { git_odb_free(handle) }

    /// The tree at the end of a commit, a tag or a tree's own name.
    borrowing func tree(of id: ObjectID) throws -> ObjectID {
        var id = id
        // A tag may name a tag; nobody builds such chains longer than this.
        for _ in 0..<16 {
            let (type, link) = try withObject(id) { type, bytes in (type, Self.firstLink(in: bytes)) }
            if type == GIT_OBJECT_TREE { return id }
            guard type == GIT_OBJECT_COMMIT || type == GIT_OBJECT_TAG, let link else { break }
            id = link
        }
        throw ExportError.notACommit(id.description)
    }

    /// What a pushed id names.
    borrowing func kind(of id: ObjectID) throws -> PushedObject {
        try withObject(id) { type, bytes in
            switch type {
            case GIT_OBJECT_COMMIT: .commit
            case GIT_OBJECT_TAG: .tag(name: Self.tagName(in: bytes))
            case GIT_OBJECT_TREE: .tree
            default: .blob
            }
        }
    }

    /// Type and size, without the content.
    borrowing func sizeBytes(of id: ObjectID) throws(GitError) -> Int {
        var size = 0
        var type = GIT_OBJECT_INVALID
        var raw = id.raw
        try git("git_odb_read_header") { git_odb_read_header(&size, &type, handle, &raw) }
        return size
    }

    /// Lends the whole content of one object.
    borrowing func withObject<Result>(
        _ id: ObjectID, _ body: (git_object_t, UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        var object: OpaquePointer?
        var raw = id.raw
        try git("git_odb_read") { git_odb_read(&object, handle, &raw) }
        defer { git_odb_object_free(object) }
        let bytes = UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object))
        return try body(git_odb_object_type(object), bytes)
    }

    /// Lends an object's content piece by piece.
    ///
    /// - Returns: `false`, with nothing lent, for an object in a pack: libgit2 1.5 streams only loose ones.
    borrowing func stream(_ id: ObjectID, _ each: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        GitLibrary.start()
        var stream: UnsafeMutablePointer<git_odb_stream>?
        var size = 0
        var type = GIT_OBJECT_INVALID
        var raw = id.raw
        guard git_odb_open_rstream(&stream, &size, &type, handle, &raw) == 0 else { return false }
        defer { git_odb_stream_free(stream) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var missing = size
        while missing > 0 {
            let count = git_odb_stream_read(stream, buffer.baseAddress, buffer.count)
            try git("git_odb_stream_read") { count }
            guard count > 0 else {
                throw GitError(code: -1, function: "git_odb_stream_read", message: "\(id) is cut off")
            }
            try each(UnsafeRawBufferPointer(rebasing: buffer.prefix(Int(count))))
            missing -= Int(count)
        }
        return true
    }

    /// The line `tag NAME` in the head of a tag. Source: git-mktag(1).
    private static func tagName(in bytes: UnsafeRawBufferPointer) -> String? {
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty { break }  // The message begins.
            if line.starts(with: "tag ".utf8) { return String(decoding: line.dropFirst(4), as: UTF8.self) }
        }
        return nil
    }

    /// The object in the first line of a commit (`tree ID`) or a tag (`object ID`).
    private static func firstLink(in bytes: UnsafeRawBufferPointer) -> ObjectID? {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        return ObjectID(String(decoding: line[line.index(after: space)...], as: UTF8.self))
    }
}
