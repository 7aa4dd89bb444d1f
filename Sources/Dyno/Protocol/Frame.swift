internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// One message of the shim protocol: a length (4 bytes, of what follows), a kind (1 byte), a payload.
struct Frame: Equatable, Sendable {
    var kind: UInt8
    var payload: [UInt8]

    /// The most that a payload may take; a launch plan, with every config var, stays far below.
    static let limitBytes = 4 << 20

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.put(UInt32(payload.count + 1))
        writer.put(kind)
        return writer.bytes + payload
    }
}

/// Cuts a stream of bytes into frames, however the bytes arrive.
struct FrameDecoder: Sendable {
    private var waiting: [UInt8] = []
    private var start = 0

    mutating func append(_ bytes: [UInt8]) {
        if start > 0 {
            waiting.removeFirst(start)
            start = 0
        }
        waiting += bytes
    }

    /// Whether ``next()`` has something to say, if only that the stream is of no more use.
    var hasFrame: Bool {
        guard waiting.count - start >= 5 else { return false }
        return waiting.count - start >= 4 + waiting[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The next whole frame, `nil` when more bytes are needed.
    ///
    /// - Throws: ``ByteReader/Malformed`` for a length of zero or above the limit; the stream is of no more use then.
    mutating func next() throws(ByteReader.Malformed) -> Frame? {
        guard waiting.count - start >= 5 else { return nil }
        let length = waiting[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 1, length <= Frame.limitBytes + 1 else { throw ByteReader.Malformed() }
        guard waiting.count - start >= 4 + length else { return nil }
        defer { start += 4 + length }
        return Frame(kind: waiting[start + 4], payload: Array(waiting[start + 5..<start + 4 + length]))
    }

    /// The next whole frame that comes on a line that blocks; waits for it.
    ///
    /// - Parameter milliseconds: how long each wait may last; `nil` waits for good.
    /// - Throws: a ``PosixError``, `EPIPE` when the line ends and `ETIMEDOUT` when nothing comes; as ``next()``.
    mutating func next(from line: borrowing Descriptor, within milliseconds: Int? = nil) throws -> Frame {
        while true {
            if let frame = try next() { return frame }
            if let milliseconds, Polling.readable([line.raw], within: milliseconds).isEmpty {
                throw PosixError(ETIMEDOUT, "wait for a message")
            }
            let bytes = try line.read(atMost: 65_536)
            guard !bytes.isEmpty else { throw PosixError(EPIPE, "wait for a message") }
            append(bytes)
        }
    }
}
