internal import Model
internal import Posix

/// How a dyno ended, as the file `exit` of its run folder has it before anybody is told.
struct ExitRecord: Equatable, Sendable {
    var ending: Ending
    /// Whether SIGKILL was needed to end it.
    var wasKilled: Bool
    var time: Timestamp
    /// Where its output ends.
    var position: UInt64

    func write(to writer: inout ByteWriter) {
        ending.write(to: &writer)
        writer.put(wasKilled)
        writer.put(time.microseconds)
        writer.put(position)
    }

    init(ending: Ending, wasKilled: Bool, time: Timestamp, position: UInt64) {
        self.ending = ending
        self.wasKilled = wasKilled
        self.time = time
        self.position = position
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        let kind: UInt8 = try reader.integer()
        let value: Int32 = try reader.integer()
        switch kind {
        case 0: ending = .code(value)
        case 1: ending = .signal(value)
        case 2: ending = .lost
        default: throw ByteReader.Malformed()
        }
        wasKilled = try reader.bool()
        time = Timestamp(microseconds: try reader.integer())
        position = try reader.integer()
    }

    /// Stands whole or not at all, also after a power cut.
    func store(in folder: RunFolder) throws(PosixError) {
        var writer = ByteWriter()
        write(to: &writer)
        try FileTree.write(writer.bytes, to: folder.exitFile)
    }

    /// - Returns: `nil` when the dyno has not ended, or nobody saw it end.
    static func load(from folder: RunFolder) -> ExitRecord? {
        guard let bytes = try? FileTree.read(folder.exitFile, limit: 1024) else { return nil }
        var reader = ByteReader(bytes)
        return try? ExitRecord(from: &reader)
    }
}
