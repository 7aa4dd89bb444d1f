internal import HTTP
internal import Model

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// From a client's head to the one that the dyno gets. Source: heroku-platform.md §10.2.
extension Loop {
    /// Starts on the request whose head was just read at `base`, with `count` bytes in all.
    func begin(_ client: UnsafeMutablePointer<Client>, _ base: UnsafeMutablePointer<UInt8>, _ count: Int) {
        let head = request
        let exchange = takeExchange(client)
        arm(client, .none)
        client.pointee.phase = .serving
        client.pointee.exchange = exchange
        client.pointee.scanned = 0
        client.pointee.unfinished = 0
        serial &+= 1
        exchange.pointee.serial = serial
        exchange.pointee.started = now
        exchange.pointee.requestEnded = now
        exchange.pointee.method = head.pointee.method
        exchange.pointee.minorVersion = head.pointee.minorVersion
        exchange.pointee.keepsAlive = head.pointee.keepsAlive && client.pointee.stream.handle.transport != .http2
        exchange.pointee.asksForUpgrade = head.pointee.asksForUpgrade
        exchange.pointee.isHalfClosed = client.pointee.stream.handle.hasPeerClosed
        exchange.pointee.request = BodyProgress(head.pointee.framing)
        rewrite(exchange, client, base)

        let length = head.pointee.length
        let rest = count &- length
        var taken = 0
        if rest > 0 {
            taken = exchange.pointee.request.take(base + length, rest)
            if taken > 0 { appendBody(exchange, base + length, taken) }
        }
        exchange.pointee.expectsContinue =
            head.pointee.fields.expectsContinue && head.pointee.minorVersion >= 1 && rest == 0
            && !exchange.pointee.request.isDone
        if taken < 0 || rest == taken {
            if !client.pointee.stream.partial.isEmpty { clear(&client.pointee.stream.partial) }
        } else {
            client.pointee.stream.partial.keep(base + length + taken, rest &- taken)
        }
        if taken < 0 {
            findApp(exchange)
            return fail(exchange, .requestError, cause: "bad chunk")
        }
        if head.pointee.method == .connect { return refuseMethod(exchange) }
        if head.pointee.fields.hasExpect, !head.pointee.fields.expectsContinue {
            findApp(exchange)
            return fail(exchange, .requestError, status: 417, cause: "unsupported expect header value")
        }
        if exchange.pointee.isLooping {
            findApp(exchange)
            return fail(exchange, .requestError, status: 508, cause: "request loop")
        }
        dispatch(exchange)
    }

    private func appendBody(
        _ exchange: UnsafeMutablePointer<Exchange>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) {
        reserve(exchange, exchange.pointee.filled &+ count)
        memcpy(exchange.pointee.block + exchange.pointee.filled, bytes, count)
        exchange.pointee.filled &+= count
    }

    /// Makes the block at least `size` bytes large; what is in it stays.
    @inline(__always)
    private func reserve(_ exchange: UnsafeMutablePointer<Exchange>, _ size: Int) {
        if size > exchange.pointee.capacity { grow(exchange, size) }
    }

    @inline(never)
    private func grow(_ exchange: UnsafeMutablePointer<Exchange>, _ size: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        memcpy(larger, exchange.pointee.block, exchange.pointee.filled)
        exchange.pointee.block.deallocate()
        exchange.pointee.block = larger
        exchange.pointee.capacity = size
    }

    private func rewrite(
        _ exchange: UnsafeMutablePointer<Exchange>, _ client: UnsafeMutablePointer<Client>,
        _ base: UnsafeMutablePointer<UInt8>
    ) {
        let head = request
        // What is added is bounded: our own lines, an address, and the blanks between joined values.
        reserve(exchange, head.pointee.length &+ 768 &+ 2 &* head.pointee.fields.count)
        let block = exchange.pointee.block
        var ink = Ink(block)
        putRequestLine(exchange, base, &ink)
        putHost(exchange, base, &ink)
        putKeptFields(base, &ink)
        putForwarding(exchange, client, base, &ink)
        if exchange.pointee.request.kind == .chunked { ink.put("Transfer-Encoding: chunked\r\n") }
        if exchange.pointee.asksForUpgrade { putUpgrade(base, &ink) }
        ink.put("\r\n")
        exchange.pointee.filled = ink.count
    }

    private func putRequestLine(
        _ exchange: UnsafeMutablePointer<Exchange>, _ base: UnsafePointer<UInt8>, _ ink: inout Ink
    ) {
        let head = request
        exchange.pointee.methodSpan = .init(offset: 0, length: UInt32(head.pointee.methodLength))
        ink.put(base + head.pointee.start, head.pointee.methodLength)
        ink.put(byte: Bytes.space)
        var start = head.pointee.targetStart
        var length = head.pointee.targetLength
        let pathOffset = UInt32(ink.count)
        if head.pointee.authorityLength >= 0 {
            // The absolute form is for proxies: the dyno gets the path.
            let end = head.pointee.authorityStart &+ head.pointee.authorityLength
            length &-= end &- start
            start = end
            if length == 0 || base[start] != UInt8(ascii: "/") { ink.put("/") }
        }
        ink.put(base + start, length)
        exchange.pointee.pathSpan = .init(offset: pathOffset, length: UInt32(ink.count) &- pathOffset)
        ink.put(" HTTP/1.1\r\n")
    }

    private func putHost(
        _ exchange: UnsafeMutablePointer<Exchange>, _ base: UnsafePointer<UInt8>, _ ink: inout Ink
    ) {
        let head = request
        var start = head.pointee.authorityStart
        var length = head.pointee.authorityLength
        if length < 0 {
            guard head.pointee.fields.host >= 0 else { return }
            let slot = slots[head.pointee.fields.host]
            start = Int(slot.valueStart)
            length = Int(slot.valueLength)
        }
        ink.put("Host: ")
        exchange.pointee.hostSpan = .init(offset: UInt32(ink.count), length: UInt32(length))
        ink.put(base + start, length)
        ink.put("\r\n")
    }

    /// Copies the lines that are passed on as they are, a run at a time.
    private func putKeptFields(_ base: UnsafePointer<UInt8>, _ ink: inout Ink) {
        let count = request.pointee.fields.count
        let end = request.pointee.length &- 2
        var runStart = request.pointee.fieldsStart
        var index = 0
        while index < count {
            if !Self.isKept(slots[index].kind) {
                let start = Int(slots[index].start)
                if start > runStart { ink.put(base + runStart, start &- runStart) }
                runStart = index &+ 1 < count ? Int(slots[index &+ 1].start) : end
            }
            index &+= 1
        }
        if end > runStart { ink.put(base + runStart, end &- runStart) }
    }

    @inline(__always)
    private static func isKept(_ kind: FieldKind) -> Bool {
        switch kind {
        case .other, .contentLength, .setCookie, .via: true
        case .host, .connection, .transferEncoding, .upgrade, .expect, .keepAlive, .te, .proxyConnection, .server,
            .xForwardedFor, .xForwardedProto, .xForwardedPort, .xRequestID, .xRequestStart, .nominated:
            false
        }
    }

    private func putForwarding(
        _ exchange: UnsafeMutablePointer<Exchange>, _ client: UnsafeMutablePointer<Client>,
        _ base: UnsafePointer<UInt8>, _ ink: inout Ink
    ) {
        var requestID = -1
        var passes = 0
        ink.put("X-Forwarded-For: ")
        let offset = UInt32(ink.count)
        for index in 0..<request.pointee.fields.count {
            switch slots[index].kind {
            case .xForwardedFor where slots[index].valueLength > 0:
                ink.put(base + Int(slots[index].valueStart), Int(slots[index].valueLength))
                ink.put(", ")
            case .xRequestID: requestID = index
            case .via: passes &+= Self.passes(base + Int(slots[index].valueStart), Int(slots[index].valueLength))
            default: break
            }
        }
        withUnsafeBytes(of: &client.pointee.address) { name in
            guard let text = name.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            ink.put(text, Int(client.pointee.addressLength))
        }
        exchange.pointee.isLooping = passes >= settings.passLimit
        exchange.pointee.forwardedSpan = .init(offset: offset, length: UInt32(ink.count) &- offset)
        ink.put("\r\nX-Forwarded-Proto: http")
        if tlsVersion(of: client) != 0 { ink.put("s") }
        ink.put("\r\nX-Forwarded-Port: ")
        ink.put(decimal: UInt64(client.pointee.listenerPort))
        ink.put("\r\nX-Request-Start: ")
        ink.put(decimal: UInt64(wallTime / 1000))
        ink.put("\r\nX-Request-Id: ")
        let idOffset = UInt32(ink.count)
        if requestID >= 0, Self.isRequestID(base + Int(slots[requestID].valueStart), Int(slots[requestID].valueLength))
        {
            ink.put(base + Int(slots[requestID].valueStart), Int(slots[requestID].valueLength))
        } else {
            ink.put(uuid: random.next(), random.next())
        }
        exchange.pointee.requestIDSpan = .init(offset: idOffset, length: UInt32(ink.count) &- idOffset)
        ink.put("\r\nVia: 1.1 heroku-router\r\nServer: Heroku\r\n")
    }

    /// How often a Via field says that the request came through this router.
    @inline(never)
    private static func passes(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let name: StaticString = "heroku-router"
        let length = name.utf8CodeUnitCount
        var passes = 0
        var index = 0
        while index &+ length <= count {
            if memcmp(bytes + index, name.utf8Start, length) == 0 {
                passes &+= 1
                index &+= length
            } else {
                index &+= 1
            }
        }
        return passes
    }

    /// Heroku keeps ids of 20 to 200 letters, digits, `+`, `/`, `=` and `-`.
    private static func isRequestID(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count >= 20, count <= 200 else { return false }
        for index in 0..<count {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="),
                UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }

    private func putUpgrade(_ base: UnsafePointer<UInt8>, _ ink: inout Ink) {
        ink.put("Connection: Upgrade\r\nUpgrade: ")
        var isFirst = true
        for index in 0..<request.pointee.fields.count where slots[index].kind == .upgrade {
            if !isFirst { ink.put(", ") }
            isFirst = false
            ink.put(base + Int(slots[index].valueStart), Int(slots[index].valueLength))
        }
        ink.put("\r\n")
    }

    private func takeExchange(_ client: UnsafeMutablePointer<Client>) -> UnsafeMutablePointer<Exchange> {
        if let exchange = freeExchanges.popLast() {
            let block = exchange.pointee.block
            let capacity = exchange.pointee.capacity
            exchange.pointee = Exchange(client: client, block: block, capacity: capacity)
            return exchange
        }
        let exchange = UnsafeMutablePointer<Exchange>.allocate(capacity: 1)
        exchange.initialize(
            to: Exchange(
                client: client, block: .allocate(capacity: Exchange.blockSize), capacity: Exchange.blockSize))
        return exchange
    }

    /// Parts with its dyno, and keeps the exchange for the next request unless its block has grown.
    func recycle(_ exchange: UnsafeMutablePointer<Exchange>) {
        arm(exchange, .none)
        if let backend = exchange.pointee.backend { leave(backend) }
        if exchange.pointee.capacity == Exchange.blockSize, freeExchanges.count < 512 {
            freeExchanges.append(exchange)
        } else {
            exchange.pointee.block.deallocate()
            exchange.deinitialize(count: 1)
            exchange.deallocate()
        }
    }
}
