internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One file of an app's log; only the newest is ever written to.
struct Segment {
    /// Grows by one with each segment of the app.
    let number: UInt64
    let path: String
    var sizeBytes: Int

    init(number: UInt64, in folder: String) {
        self.number = number
        let digits = String(number)
        path = "\(folder)/\(String(repeating: "0", count: max(0, 12 - digits.utf8.count)))\(digits).log"
        sizeBytes = 0
    }

    /// The segments in a folder, oldest first; none where there is no folder.
    static func all(in folder: String) throws(PosixError) -> [Segment] {
        guard FileTree.exists(folder) else { return [] }
        return try FileTree.names(in: folder).compactMap { name in
            guard name.hasSuffix(".log"), let number = UInt64(name.dropLast(4)) else { return nil }
            var segment = Segment(number: number, in: folder)
            var info = stat()
            guard stat(segment.path, &info) == 0 else { return nil }
            segment.sizeBytes = Int(info.st_size)
            return segment
        }
    }

    /// Adds whole records at the end; when that fails, the file is as it was.
    mutating func append(_ bytes: [UInt8]) throws(PosixError) {
        let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        do {
            try file.writeAll(bytes)
        } catch {
            ftruncate(file.raw, off_t(sizeBytes))
            throw error
        }
        sizeBytes += bytes.count
    }

    /// Waits until the segment is on the disk: what a later segment says must not outlive what this one holds.
    func synchronize() throws(PosixError) {
        let file = try Descriptor(opening: path, O_WRONLY)
        #if canImport(Glibc)
            try posix(fdatasync(file.raw), "fdatasync \(path)")
        #else
            try posix(fsync(file.raw), "fsync \(path)")
        #endif
    }

    /// Cuts off what a crash left half-written, and gives every dyno position to `each`, oldest first.
    ///
    /// - Returns: whether a whole record is left.
    mutating func recover(_ each: (DynoID, UInt64) -> Void) throws(PosixError) -> Bool {
        let bytes = try FileTree.read(path)
        let whole = bytes.withUnsafeBytes { bytes in
            var offset = 0
            while let payload = LogRecord.payload(in: bytes, at: offset) {
                LogRecord.positions(in: payload, each)
                offset += LogRecord.headerBytes + payload.count + LogRecord.trailerBytes
            }
            return offset
        }
        if whole < bytes.count { try posix(truncate(path, off_t(whole)), "truncate \(path)") }
        sizeBytes = whole
        return whole > 0
    }

    /// The last `count` lines that `filter` accepts, oldest first.
    func lines(matching filter: LogFilter, last count: Int) throws(PosixError) -> [LogLine] {
        LogRecord.newest(count, in: try FileTree.read(path), matching: filter)
    }
}
