internal import Posix

/// A dyno's output on disk, in two segments of bounded size, so that it waits for a daemon that is away.
///
/// A segment is named after the position of its first byte and holds records: time (8 bytes), kind (1), length (4),
/// bytes. When the newer segment is full, the older one goes: the newest output stays, and a reader sees the gap by
/// the positions. A reader that has the older one open reads it to its end.
struct SpoolRecord: Equatable, Sendable {
    enum Kind: UInt8, Sendable {
        /// Bytes as the dyno wrote them.
        case output = 0
        /// A remark of the shim's; it takes up room in the stream of positions so that each is told once.
        case note = 1
    }

    var time: Int64
    var kind: Kind
    var bytes: [UInt8]
    /// Where its bytes begin.
    var position: UInt64

    static let headerBytes = 13

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.put(time)
        writer.put(kind.rawValue)
        writer.put(bytes)
        return writer.bytes
    }
}

/// How segments are named.
enum SpoolSegment {
    static func path(in folder: String, from position: UInt64) -> String { "\(folder)/\(position)" }

    /// Where the segments of `folder` start, in order.
    static func starts(in folder: String) -> [UInt64] {
        ((try? FileTree.names(in: folder)) ?? []).compactMap { UInt64($0) }.sorted()
    }
}
