internal import HTTP

/// How far a body that is passed on has come.
struct BodyProgress {
    enum Kind: UInt8 { case none, length, chunked, untilClose }

    private(set) var kind: Kind
    private(set) var isDone: Bool
    private var remaining: UInt64 = 0
    private var decoder = ChunkedDecoder()

    init(_ framing: BodyFraming) {
        switch framing {
        case .none:
            kind = .none
            isDone = true
        case .length(let count):
            kind = .length
            isDone = count == 0
            remaining = count
        case .chunked:
            kind = .chunked
            isDone = false
        case .untilClose:
            kind = .untilClose
            isDone = false
        }
    }

    /// How many bytes are still to come of a body whose length was announced; 0 of any other.
    @inline(__always) var announced: UInt64 { kind == .length ? remaining : 0 }

    /// Counts bytes that went by unseen, at most ``announced``.
    mutating func pass(_ count: Int) {
        remaining &-= UInt64(count)
        isDone = remaining == 0
    }

    /// - Returns: how many of the bytes belong to the body; -1 when its chunks are malformed.
    @inline(__always)
    mutating func take(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        switch kind {
        case .none: return 0
        case .length:
            let taken = min(UInt64(count), remaining)
            remaining &-= taken
            isDone = remaining == 0
            return Int(taken)
        case .chunked:
            if isDone { return 0 }
            let taken = decoder.skim(bytes, count)
            isDone = decoder.hasEnded
            return taken
        case .untilClose: return count
        }
    }

    /// Takes chunks apart in place, for a receiver that does not know chunks.
    ///
    /// - Parameter ending: has at the end what came behind the last data, trailers too.
    /// - Returns: how many bytes of data now lie at the front; -1 when the chunks are malformed.
    mutating func unchunk(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ ending: inout [UInt8]) -> Int {
        var index = 0
        var kept = 0
        while index < count, !isDone {
            switch decoder.advance(bytes + index, count &- index) {
            case .needMore:
                ending += UnsafeBufferPointer(start: bytes + index, count: count &- index)
                index = count
            case .data(let offset, let size):
                (bytes + kept).update(from: bytes + index + offset, count: size)
                kept &+= size
                index &+= offset &+ size
                ending.removeAll(keepingCapacity: true)
            case .end(let consumed):
                ending += UnsafeBufferPointer(start: bytes + index, count: consumed)
                isDone = true
            case .failed: return -1
            }
        }
        return kept
    }
}
