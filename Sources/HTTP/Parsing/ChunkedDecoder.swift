/// Finds the data in a chunked body as its bytes come; owns no memory. Source: RFC 9112 §7.1.
///
/// Stricter than the RFC where proxies and servers have been known to disagree: no blanks around sizes, no bare CR or
/// LF anywhere, trailers are well-formed field lines.
package struct ChunkedDecoder {
    package enum Step: Hashable {
        /// All bytes were taken, the body goes on.
        case needMore
        /// Data lies at this offset; the bytes up to its end were taken.
        case data(offset: Int, count: Int)
        /// The body is over; this many bytes were taken.
        case end(consumed: Int)
        case failed
    }

    private enum State: UInt8 {
        case sizeStart, size, extensionText, sizeFeed
        case data, dataReturn, dataFeed
        case trailerStart, trailerName, trailerValue, trailerFeed, lastFeed, ended
    }

    private var state = State.sizeStart
    private var remaining: UInt64 = 0
    private var digits: UInt8 = 0
    /// Bytes of the size line's extension, or of all trailers.
    private var overhead: UInt16 = 0

    /// The most bytes of one chunk extension, and of all trailers together.
    package static var overheadLimit: Int { 8192 }

    package init() {}

    package var hasEnded: Bool { state == .ended }

    /// Reads on; call it again with what is behind the bytes taken.
    package mutating func advance(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Step {
        var index = 0
        while index < count {
            if state == .data {
                let available = UInt64(count &- index)
                let size = Int(min(available, remaining))
                remaining &-= UInt64(size)
                if remaining == 0 { state = .dataReturn }
                return .data(offset: index, count: size)
            }
            guard take(bytes[index]) else { return .failed }
            index &+= 1
            if state == .ended { return .end(consumed: index) }
        }
        return .needMore
    }

    /// Takes the whole frames as they are, for passing them on unchanged.
    ///
    /// - Returns: how many of the bytes belong to the body, or -1 when it is malformed.
    package mutating func skim(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var index = 0
        while index < count {
            switch advance(bytes + index, count &- index) {
            case .needMore: return count
            case .data(let offset, let size): index &+= offset &+ size
            case .end(let consumed): return index &+ consumed
            case .failed: return -1
            }
        }
        return index
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        switch state {
        case .sizeStart, .size: return takeSize(byte)
        case .extensionText:
            if byte == Bytes.cr {
                state = .sizeFeed
                return true
            }
            return isText(byte) && spend()
        case .sizeFeed:
            guard byte == Bytes.lf else { return false }
            overhead = 0
            state = remaining == 0 ? .trailerStart : .data
            return true
        case .dataReturn:
            state = .dataFeed
            return byte == Bytes.cr
        case .dataFeed:
            state = .sizeStart
            digits = 0
            return byte == Bytes.lf
        case .trailerStart, .trailerName, .trailerValue, .trailerFeed: return takeTrailer(byte)
        case .lastFeed:
            state = .ended
            return byte == Bytes.lf
        case .data, .ended: return false
        }
    }

    private mutating func takeSize(_ byte: UInt8) -> Bool {
        if let digit = Bytes.hexadecimal(byte) {
            // 15 digits: far beyond any body, and the sum cannot overflow.
            guard digits < 15 else { return false }
            remaining = (digits == 0 ? 0 : remaining &<< 4) | UInt64(digit)
            digits &+= 1
            state = .size
            return true
        }
        guard state == .size else { return false }
        switch byte {
        case Bytes.cr: state = .sizeFeed
        case UInt8(ascii: ";"): state = .extensionText
        default: return false
        }
        return true
    }

    private mutating func takeTrailer(_ byte: UInt8) -> Bool {
        switch state {
        case .trailerStart where byte == Bytes.cr:
            state = .lastFeed
            return true
        case .trailerStart:
            state = .trailerName
            return Bytes.isToken(byte) && spend()
        case .trailerName where byte == Bytes.colon:
            state = .trailerValue
            return spend()
        case .trailerName: return Bytes.isToken(byte) && spend()
        case .trailerValue where byte == Bytes.cr:
            state = .trailerFeed
            return true
        case .trailerValue: return isText(byte) && spend()
        case .trailerFeed:
            state = .trailerStart
            return byte == Bytes.lf
        default: return false
        }
    }

    private func isText(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7F) || byte == Bytes.tab }

    private mutating func spend() -> Bool {
        overhead &+= 1
        return Int(overhead) <= Self.overheadLimit
    }
}
