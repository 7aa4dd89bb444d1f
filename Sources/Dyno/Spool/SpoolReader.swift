internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Reads a spool from some position on, while it is being written or after its writer has died.
struct SpoolReader: ~Copyable {
    enum Item: Equatable, Sendable {
        case record(SpoolRecord)
        /// So many bytes were given up before anybody read them.
        case gap(UInt64)
    }

    private let folder: String
    private var segment: Descriptor?
    private var offset = 0
    private var buffered: [UInt8] = []
    private var cursor = 0
    /// Up to where everything was given out.
    private(set) var position: UInt64
    /// Where the next record of the open segment begins; behind ``position`` only right after opening.
    private var recordPosition: UInt64 = 0

    init(folder: String, from position: UInt64) {
        self.folder = folder
        self.position = position
    }

    /// The next record or gap; `nil` when there is none yet.
    ///
    /// - Parameter written: up to where the writer says it has written; `nil` when it is gone, so that what the
    ///   segments hold is all there is.
    mutating func next(written: UInt64?) -> Item? {
        while true {
            if segment == nil, !openSegment() { return gap(upTo: written) }
            if let record = readRecord() {
                guard record.position + UInt64(record.bytes.count) > position else { continue }
                if record.position > position {
                    let missing = record.position - position
                    position = record.position
                    recordPosition = record.position
                    unread(record)
                    return .gap(missing)
                }
                let fresh = Array(record.bytes.dropFirst(Int(position - record.position)))
                let item = SpoolRecord(time: record.time, kind: record.kind, bytes: fresh, position: position)
                position += UInt64(fresh.count)
                return .record(item)
            }
            // The end of this segment: of all, or the writer has turned to the next.
            let starts = SpoolSegment.starts(in: folder)
            guard let following = starts.first(where: { $0 >= recordPosition && $0 != openStart }) else {
                return nil
            }
            // What was written between the look at the file and the look at the folder.
            if let record = readRecord() {
                unread(record)
                continue
            }
            if following > position {
                let missing = following - position
                position = following
                closeSegment()
                return .gap(missing)
            }
            closeSegment()
        }
    }

    private var openStart: UInt64 = 0

    private mutating func openSegment() -> Bool {
        let starts = SpoolSegment.starts(in: folder)
        guard let start = starts.last(where: { $0 <= position }) ?? starts.first,
            let descriptor = try? Descriptor(opening: SpoolSegment.path(in: folder, from: start)).release()
        else { return false }
        segment = Descriptor(owning: descriptor)
        openStart = start
        recordPosition = start
        return true
    }

    private mutating func closeSegment() {
        segment = nil
        buffered = []
        cursor = 0
        offset = 0
    }

    private mutating func gap(upTo written: UInt64?) -> Item? {
        guard let written, written > position else { return nil }
        defer { position = written }
        return .gap(written - position)
    }

    private mutating func unread(_ record: SpoolRecord) {
        cursor -= SpoolRecord.headerBytes + record.bytes.count
        recordPosition = record.position
    }

    private mutating func readRecord() -> SpoolRecord? {
        if let record = takeBuffered() { return record }
        guard let descriptor = segment?.raw else { return nil }
        while true {
            let part = [UInt8](unsafeUninitializedCapacity: 131_072) { bytes, count in
                count = max(0, pread(descriptor, bytes.baseAddress, 131_072, off_t(offset)))
            }
            if part.isEmpty { return nil }
            offset += part.count
            buffered.removeFirst(cursor)
            cursor = 0
            buffered += part
            if let record = takeBuffered() { return record }
        }
    }

    private mutating func takeBuffered() -> SpoolRecord? {
        let first = cursor + SpoolRecord.headerBytes
        guard buffered.count >= first else { return nil }
        var reader = ByteReader(buffered[cursor..<first])
        guard let time: Int64 = try? reader.integer(), let kind: UInt8 = try? reader.integer(),
            let length: UInt32 = try? reader.integer(), buffered.count - first >= Int(length)
        else { return nil }
        cursor = first + Int(length)
        defer { recordPosition += UInt64(length) }
        return SpoolRecord(
            time: time, kind: SpoolRecord.Kind(rawValue: kind) ?? .output, bytes: Array(buffered[first..<cursor]),
            position: recordPosition)
    }
}
