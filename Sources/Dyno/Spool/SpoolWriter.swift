internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The shim's end of a spool.
struct SpoolWriter: ~Copyable {
    private let folder: String
    private let limit: Int
    private var segment = Descriptor(owning: -1)
    private var segmentStart: UInt64 = 0
    private var olderStart: UInt64?
    private var segmentBytes = 0
    /// How much was written altogether.
    private(set) var position: UInt64 = 0

    static let segmentLimitBytes = 8 << 20

    /// - Parameter limit: bytes of a segment, records' heads included.
    init(folder: String, limit: Int = SpoolWriter.segmentLimitBytes) throws(PosixError) {
        self.folder = folder
        self.limit = limit
        try FileTree.makeFolder(folder)
        segment = try Self.makeSegment(in: folder, from: 0)
    }

    /// Adds a record. When the disk refuses it, its bytes are lost but counted: the dyno is never held up.
    mutating func append(_ bytes: [UInt8], kind: SpoolRecord.Kind = .output) {
        guard !bytes.isEmpty else { return }
        if segmentBytes + bytes.count + SpoolRecord.headerBytes > limit { turn() }
        let record = SpoolRecord(time: Moment.realtimeMicroseconds, kind: kind, bytes: bytes, position: position)
            .encoded
        let written = record.withUnsafeBytes { write(segment.raw, $0.baseAddress, $0.count) }
        position += UInt64(bytes.count)
        if written == record.count {
            segmentBytes += record.count
        } else {
            // A record cut short would be read as something else: the next one starts a new segment.
            if written > 0 { ftruncate(segment.raw, off_t(segmentBytes)) }
            turn()
        }
    }

    private mutating func turn() {
        guard position > segmentStart else { return }
        guard let next = try? Self.makeSegment(in: folder, from: position) else { return }
        if let olderStart { unlink(SpoolSegment.path(in: folder, from: olderStart)) }
        olderStart = segmentStart
        segmentStart = position
        segment = next
        segmentBytes = 0
    }

    private static func makeSegment(in folder: String, from position: UInt64) throws(PosixError) -> Descriptor {
        try Descriptor(
            opening: SpoolSegment.path(in: folder, from: position), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)
    }
}
