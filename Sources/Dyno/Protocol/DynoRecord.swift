internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Who a dyno is, as the file `dyno` of its run folder has it for a daemon that comes later. No environment, no secret.
struct DynoRecord: Equatable, Sendable {
    var id: DynoID
    var app: AppID
    var name: DynoName
    var tags: [String: String]
    var command: String
    var startedAt: Timestamp
    var port: UInt16?
    var size: DynoSize
    var level: SandboxLevel
    var isInteractive: Bool

    private static let version: UInt16 = 1

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.version)
        writer.put(id.description)
        writer.put(app.description)
        writer.put(name.description)
        writer.put(tags)
        writer.put(command)
        writer.put(startedAt.microseconds)
        writer.put(port ?? 0)
        writer.put(size.name)
        writer.put(level.rawValue)
        writer.put(isInteractive)
        return writer.bytes
    }

    /// A daemon that comes later meets the old record or the new one. Not forced to disk: what a power cut takes away,
    /// it takes away with the dyno.
    func store(in folder: RunFolder) throws(PosixError) {
        let temporary = "\(folder.record).new"
        try Descriptor(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC).writeAll(encoded)
        try posix(rename(temporary, folder.record), "rename \(temporary)")
    }

    /// - Returns: `nil` when the file is not there, not whole, or of a version that this code does not know.
    static func load(from folder: RunFolder) -> DynoRecord? {
        guard let bytes = try? FileTree.read(folder.record, limit: 1 << 20) else { return nil }
        return try? DynoRecord(decoding: bytes)
    }
}

extension DynoRecord {
    init(decoding bytes: [UInt8]) throws(ByteReader.Malformed) {
        var reader = ByteReader(bytes)
        guard try reader.integer(UInt16.self) == Self.version, let id = DynoID(try reader.text()),
            let app = AppID(try reader.text()), let name = DynoName(try reader.text())
        else { throw ByteReader.Malformed() }
        self.id = id
        self.app = app
        self.name = name
        tags = try reader.dictionary()
        command = try reader.text()
        startedAt = Timestamp(microseconds: try reader.integer())
        let port: UInt16 = try reader.integer()
        self.port = port == 0 ? nil : port
        guard let size = DynoSize.named(try reader.text()), let level = SandboxLevel(rawValue: try reader.text()) else {
            throw ByteReader.Malformed()
        }
        self.size = size
        self.level = level
        isInteractive = try reader.bool()
    }
}
