internal import HTTP
internal import HTTPSecure

/// A connection that carries many requests at once.
struct Multiplex {
    let carrier: UnsafeMutablePointer<Client>
    var session: HTTP2Session?
    var firstLane: UnsafeMutablePointer<Lane>?
    var laneCount = 0
    /// Lanes that have a client: a request that is being answered.
    var clientCount = 0
    /// Some wait for the connection to take what has been said on them before the answer.
    var hasHeldUp = false
    /// No more requests are taken: the router stops.
    var isLeaving = false
}

/// One stream of a connection that carries many: a request and its answer, between a client made for it and frames.
///
/// The client sees HTTP/1.1 on both sides, so that everything that holds for requests holds here.
struct Lane {
    let multiplex: UnsafeMutablePointer<Multiplex>
    let identifier: Int32
    /// `nil` before its head is complete, and once its exchange is over.
    var client: UnsafeMutablePointer<Client>?

    var head = LaneHead()
    /// Of the request's body, not yet taken.
    var input = ByteStore()
    var inputEnded = false
    /// The body's length is not known, so that the client sends it in chunks.
    var isChunked = false
    var hasToldEnd = false

    var awaitsHead = true
    /// Heads that came before it.
    var interimCount = 0
    /// Whether there are so many of them that the next waits for the connection to take those that there are.
    var saysMuch: Bool { interimCount > 16 }
    /// Of an answer in chunks: what came behind its last data.
    var ending: [UInt8] = []
    /// What the client left to be sent when it was over.
    var tail = ByteStore()
    /// Nothing follows what is pending.
    var isOver = false
    /// The end has been put into frames.
    var hasSentEnd = false
    /// The answer broke off in the middle.
    var isAborted = false

    /// An empty head in front of the trailers of its answer, so that they can be read as any fields; `nil` without any.
    var trailers: [UInt8]? {
        // The end of the last data, the size line that says that there is no more, and the trailers' own end.
        let lastSize = ending.drop { $0 == Bytes.cr || $0 == Bytes.lf }
        guard let lineEnd = lastSize.firstIndex(of: Bytes.lf), lastSize.endIndex - lineEnd > 3 else { return nil }
        return Array("HTTP/1.1 200 OK\r\n".utf8) + lastSize[(lineEnd + 1)...]
    }

    var previous: UnsafeMutablePointer<Lane>?
    var next: UnsafeMutablePointer<Lane>?
}

/// A request's head as HTTP/2 brings it, on the way to the lines of HTTP/1.1.
struct LaneHead {
    var method: [UInt8] = []
    var path: [UInt8] = []
    var authority: [UInt8] = []
    /// Of an extended CONNECT (RFC 8441).
    var requestedProtocol: [UInt8] = []
    var cookie: [UInt8] = []
    var lines: [UInt8] = []
    var hasLength = false
    var fieldCount = 0

    /// - Returns: `false` for a head that is too long.
    mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        fieldCount += 1
        guard fieldCount <= 1000, lines.count + cookie.count + path.count < Int(HTTP2Session.headLimit) else {
            return false
        }
        switch name.count {
        case 7 where name.elementsEqual(":method".utf8): method = Array(value)
        case 5 where name.elementsEqual(":path".utf8): path = Array(value)
        case 10 where name.elementsEqual(":authority".utf8): authority = Array(value)
        case 9 where name.elementsEqual(":protocol".utf8): requestedProtocol = Array(value)
        case 7 where name.elementsEqual(":scheme".utf8): break
        case 4 where name.elementsEqual("host".utf8): if authority.isEmpty { authority = Array(value) }
        case 2 where name.elementsEqual("te".utf8): break
        case 6 where name.elementsEqual("cookie".utf8):
            // Browsers send its parts apart (RFC 9113 §8.2.3).
            if !cookie.isEmpty { cookie += Array("; ".utf8) }
            cookie += value
        default:
            if name.count == 14, name.elementsEqual("content-length".utf8) { hasLength = true }
            lines += name
            lines += [0x3A, 0x20]
            lines += value
            lines += [0x0D, 0x0A]
        }
        return true
    }

    /// The head in HTTP/1.1.
    ///
    /// - Parameter key: for a WebSocket, which has none in HTTP/2: 16 random bytes in base 64.
    func text(isChunked: Bool, key: [UInt8]) -> [UInt8] {
        let isUpgrade = !requestedProtocol.isEmpty
        var text = isUpgrade ? Array("GET".utf8) : method
        text.append(0x20)
        text += method.elementsEqual("CONNECT".utf8) && !isUpgrade ? authority : path
        text += Array(" HTTP/1.1\r\nHost: ".utf8)
        text += authority
        text += [0x0D, 0x0A]
        text += lines
        if !cookie.isEmpty { text += Array("Cookie: ".utf8) + cookie + [0x0D, 0x0A] }
        if isChunked { text += Array("Transfer-Encoding: chunked\r\n".utf8) }
        if isUpgrade {
            text += Array("Connection: Upgrade\r\nUpgrade: ".utf8) + requestedProtocol + [0x0D, 0x0A]
            text += Array("Sec-WebSocket-Key: ".utf8) + key + [0x0D, 0x0A]
        }
        return text + [0x0D, 0x0A]
    }
}
