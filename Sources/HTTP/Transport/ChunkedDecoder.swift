/// Takes the chunk framing off a body. Source: RFC 9112 §7.1.
struct ChunkedDecoder: Sendable {
    private enum State { case size, sizeRest, data, dataEnd, trailerStart, trailer, finished }
    private var state = State.size
    private var remaining = 0
    private var digits = 0

    var isFinished: Bool { state == .finished }

    /// Feeds `input`; what belongs to the body is appended to `output`.
    ///
    /// - Returns: what stands behind the end of the body.
    mutating func decode(_ input: [UInt8], into output: inout [UInt8]) throws(HTTPTransportError) -> ArraySlice<UInt8> {
        var rest = input[...]
        while !isFinished, let byte = rest.first {
            switch state {
            case .size:
                rest.removeFirst()
                try receiveSize(byte)
            case .sizeRest:
                rest.removeFirst()
                if byte == 0x0A { state = remaining == 0 ? .trailerStart : .data }
            case .data:
                let part = rest.prefix(remaining)
                output += part
                rest = rest.dropFirst(part.count)
                remaining -= part.count
                if remaining == 0 { state = .dataEnd }
            case .dataEnd:
                rest.removeFirst()
                if byte == 0x0A { state = .size } else if byte != 0x0D { throw .malformed("chunk without an end") }
            case .trailerStart:
                rest.removeFirst()
                if byte == 0x0A { state = .finished } else if byte != 0x0D { state = .trailer }
            case .trailer:
                rest.removeFirst()
                if byte == 0x0A { state = .trailerStart }
            case .finished:
                break
            }
        }
        return rest
    }

    private mutating func receiveSize(_ byte: UInt8) throws(HTTPTransportError) {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66:
            if digits == 0 { remaining = 0 }
            digits += 1
            // Fifteen digits still fit an Int; nobody sends more.
            guard digits < 16 else { throw .malformed("chunk size") }
            let digit = byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x61 + 10
            remaining = remaining << 4 | Int(digit)
        case 0x0A, 0x0D, UInt8(ascii: ";"), 0x20, 0x09:
            guard digits > 0 else { throw .malformed("chunk without a size") }
            digits = 0
            state = byte == 0x0A ? (remaining == 0 ? .trailerStart : .data) : .sizeRest
        default:
            throw .malformed("chunk size")
        }
    }
}
