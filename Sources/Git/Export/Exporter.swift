internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Writes one tree, folder by folder, and keeps the account.
///
/// Memory: one tree object a level and one blob of at most ``streamedBytes``; larger blobs flow through.
struct Exporter: ~Copyable {
    /// Blobs above this size are streamed.
    static let streamedBytes = 4 << 20
    private static let pointerStart = Array("version https://git-lfs.github.com/spec/".utf8)

    private let database: ObjectDatabase
    private let source: ObjectSource
    private let limits: ExportLimits
    private var report = Export()
    private var entries = 0
    private var gitlinks: [(path: String, commit: ObjectID)] = []
    private var modules = GitModules()

    init(database: consuming ObjectDatabase, source: ObjectSource, limits: ExportLimits) {
        self.database = database
        self.source = source
        self.limits = limits
    }

    mutating func run(_ tree: ObjectID, into folder: borrowing OpenFolder) throws -> Export {
        try write(tree, into: folder, path: "", depth: 0)
        report.submodules = gitlinks.map { link in
            Submodule(path: link.path, url: modules.url(ofPath: link.path), commit: link.commit.description)
        }
        return report
    }

    private mutating func write(_ tree: ObjectID, into folder: borrowing OpenFolder, path: String, depth: Int) throws {
        guard depth <= limits.depth else { throw ExportError.tooDeep(path: path, limit: limits.depth) }
        let parsed = try reading(tree, path) { id in
            try database.withObject(id) { _, bytes in TreeEntry.all(in: bytes) }
        }
        guard let children = parsed else { throw ExportError.damagedTree(path: path.isEmpty ? "/" : path) }
        for entry in children {
            let name = String(decoding: entry.name, as: UTF8.self)
            let entryPath = path.isEmpty ? name : "\(path)/\(name)"
            try check(entry, entryPath)
            do {
                try write(entry, into: folder, path: entryPath, depth: depth)
            } catch let error as PosixError {
                throw Self.explained(error, entryPath, entry)
            }
        }
    }

    private mutating func check(_ entry: TreeEntry, _ path: String) throws {
        entries += 1
        guard entries <= limits.entries else { throw ExportError.tooManyEntries(limit: limits.entries) }
        guard !EntryName.isForbidden(entry.name) else { throw ExportError.forbiddenName(path: path) }
    }

    private mutating func write(
        _ entry: TreeEntry, into folder: borrowing OpenFolder, path: String, depth: Int
    ) throws {
        switch entry.kind {
        case .folder:
            let child = try folder.makeFolder(named: entry.name)
            try write(entry.id, into: child, path: path, depth: depth + 1)
        case .submodule:
            _ = try folder.makeFolder(named: entry.name)
            gitlinks.append((path, entry.id))
        case .link:
            report.files += 1
            let target = try reading(entry.id, path) { id in try database.withObject(id) { _, bytes in Array(bytes) } }
            // A link ends at a NUL, as it does where Git checks it out.
            let shown = target.prefix { $0 != 0 }
            try folder.makeLink(named: entry.name, to: shown)
            noteIfEscaping(shown, path)
        case .file, .executable:
            report.files += 1
            let file = try folder.makeFile(named: entry.name, mode: entry.kind == .executable ? 0o755 : 0o644)
            try writeBlob(entry.id, to: file, path: path)
        }
    }

    private mutating func writeBlob(_ id: ObjectID, to file: borrowing Descriptor, path: String) throws {
        let size = try reading(id, path) { id in try database.sizeBytes(of: id) }
        report.bytes += Int64(size)
        guard report.bytes <= limits.bytes else { throw ExportError.tooLarge(limitBytes: limits.bytes) }
        if size > Self.streamedBytes {
            if try database.stream(id, { try file.writeAll(from: $0) }) { return }
            if try source.stream(id, to: file) { return }
        }
        let telling: [UInt8] = try reading(id, path) { id in
            try database.withObject(id) { _, bytes in
                try file.writeAll(from: bytes)
                return path == ".gitmodules" || bytes.starts(with: Self.pointerStart) ? Array(bytes) : []
            }
        }
        if !telling.isEmpty { look(at: telling, path) }
    }

    /// Learns from the content of a file that means something to Git.
    private mutating func look(at bytes: [UInt8], _ path: String) {
        if path == ".gitmodules" { modules = GitModules(parsing: String(decoding: bytes, as: UTF8.self)) }
        // The specification of LFS: a pointer has less than 1024 bytes.
        if bytes.count < 1024, bytes.starts(with: Self.pointerStart), report.lfsPointers.count < Export.noteLimit {
            report.lfsPointers.append(path)
        }
    }

    private mutating func noteIfEscaping(_ target: ArraySlice<UInt8>, _ path: String) {
        var depth = path.utf8.count { $0 == UInt8(ascii: "/") }
        var escapes = target.first == UInt8(ascii: "/")
        for part in target.split(separator: UInt8(ascii: "/")) {
            switch Array(part) {
            case Array(".".utf8): break
            case Array("..".utf8): depth -= 1
            default: depth += 1
            }
            if depth < 0 { escapes = true }
        }
        guard escapes, report.notes.count < Export.noteLimit else { return }
        report.notes.append("\(path) is a link out of the app, to \(String(decoding: target, as: UTF8.self))")
    }

    private func reading<Result>(_ id: ObjectID, _ path: String, _ body: (ObjectID) throws -> Result) throws -> Result {
        do {
            return try body(id)
        } catch let error as GitError where error.isNotFound {
            throw ExportError.missingObject(path: path.isEmpty ? "/" : path, id: id.description)
        }
    }

    private static func explained(_ error: PosixError, _ path: String, _ entry: TreeEntry) -> ExportError {
        switch error.code {
        case EEXIST: .duplicate(path: path)
        case ENAMETOOLONG where entry.name.count > 255: .nameTooLong(path: path, bytes: entry.name.count)
        case ENAMETOOLONG where entry.kind == .link, ENOENT where entry.kind == .link: .badLink(path: path)
        case ENOSPC, EDQUOT: .diskFull(path: path)
        default: .unwritable(path: path, reason: error.reason)
        }
    }
}
