internal import HTTP
internal import HTTPSecure

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Streams of HTTP/2 as clients that speak HTTP/1.1: what comes becomes lines and chunks, what goes becomes fields and
/// frames.
extension Loop: HTTP2Receiver {
    func streamBegan(_ connection: UnsafeMutableRawPointer, _ identifier: Int32) -> UnsafeMutableRawPointer? {
        let multiplex = connection.assumingMemoryBound(to: Multiplex.self)
        guard !multiplex.pointee.isLeaving else { return nil }
        let lane = UnsafeMutablePointer<Lane>.allocate(capacity: 1)
        lane.initialize(to: Lane(multiplex: multiplex, identifier: identifier))
        lane.pointee.next = multiplex.pointee.firstLane
        multiplex.pointee.firstLane?.pointee.previous = lane
        multiplex.pointee.firstLane = lane
        multiplex.pointee.laneCount += 1
        return UnsafeMutableRawPointer(lane)
    }

    func streamField(
        _ stream: UnsafeMutableRawPointer, _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        stream.assumingMemoryBound(to: Lane.self).pointee.head.add(name, value)
    }

    func streamHeadEnded(_ stream: UnsafeMutableRawPointer, endsStream: Bool) {
        let lane = stream.assumingMemoryBound(to: Lane.self)
        let carrier = lane.pointee.multiplex.pointee.carrier
        let isUpgrade = !lane.pointee.head.requestedProtocol.isEmpty
        lane.pointee.inputEnded = endsStream
        lane.pointee.isChunked = !endsStream && !lane.pointee.head.hasLength && !isUpgrade
        let text = lane.pointee.head.text(isChunked: lane.pointee.isChunked, key: isUpgrade ? makeKey() : [])
        lane.pointee.head = LaneHead()

        let client = UnsafeMutablePointer<Client>.allocate(capacity: 1)
        client.initialize(to: Client(descriptor: -1, listenerPort: carrier.pointee.listenerPort))
        client.pointee.stream.handle.transport = .http2
        client.pointee.stream.handle.isReadable = endsStream ? false : !lane.pointee.input.isEmpty
        client.pointee.address = carrier.pointee.address
        client.pointee.addressLength = carrier.pointee.addressLength
        client.pointee.tlsVersion = UInt8(tlsVersion(of: carrier))
        client.pointee.lane = lane
        lane.pointee.client = client
        lane.pointee.multiplex.pointee.clientCount += 1
        clientCount &+= 1
        text.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress { client.pointee.stream.partial.keep(start, bytes.count) }
        }
        // Not from within the session's call.
        queue(handle(client))
    }

    func streamBody(_ stream: UnsafeMutableRawPointer, _ bytes: UnsafeBufferPointer<UInt8>) {
        let lane = stream.assumingMemoryBound(to: Lane.self)
        guard let start = bytes.baseAddress else { return }
        guard let client = lane.pointee.client else {
            // Nobody takes it any more.
            lane.pointee.multiplex.pointee.session?.consume(lane.pointee.identifier, bytes.count)
            return
        }
        lane.pointee.input.append(start, bytes.count)
        client.pointee.stream.handle.isReadable = true
        queue(handle(client))
    }

    func streamBodyEnded(_ stream: UnsafeMutableRawPointer) {
        let lane = stream.assumingMemoryBound(to: Lane.self)
        lane.pointee.inputEnded = true
        guard let client = lane.pointee.client else { return }
        client.pointee.stream.handle.isReadable = true
        queue(handle(client))
    }

    func streamClosed(_ stream: UnsafeMutableRawPointer) { free(stream.assumingMemoryBound(to: Lane.self)) }

    func streamOutput(
        _ stream: UnsafeMutableRawPointer, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int
    ) -> HTTP2Output {
        let lane = stream.assumingMemoryBound(to: Lane.self)
        guard let client = lane.pointee.client else {
            let count = Self.move(&lane.pointee.tail, bytes, limit)
            lane.pointee.hasSentEnd = lane.pointee.tail.isEmpty
            return lane.pointee.hasSentEnd ? end(lane, count) : .bytes(count)
        }
        let count = Self.move(&client.pointee.stream.pending, bytes, limit)
        let isEmpty = client.pointee.stream.pending.isEmpty
        if count > 0 {
            if isEmpty { drained.append(client) }
            if client.pointee.phase == .serving, let exchange = client.pointee.exchange { arm(exchange, .silence) }
        }
        if isEmpty, client.pointee.exchange?.pointee.phase == .flushing { lane.pointee.isOver = true }
        guard isEmpty, lane.pointee.isOver else { return count == 0 ? .later : .bytes(count) }
        lane.pointee.hasSentEnd = true
        return end(lane, count)
    }

    /// The last bytes of a body, and behind them its trailers.
    private func end(_ lane: UnsafeMutablePointer<Lane>, _ count: Int) -> HTTP2Output {
        guard !lane.pointee.isAborted, let text = lane.pointee.trailers,
            let session = lane.pointee.multiplex.pointee.session
        else { return .last(count, hasTrailers: false) }
        return text.withUnsafeBufferPointer { bytes in
            var head = ParsedResponse()
            guard let base = bytes.baseAddress, head.parse(base, count: bytes.count, slots: laneSlots) == .complete
            else { return .last(count, hasTrailers: false) }
            let isSaid = withFields(head, base, status: nil) { session.end(lane.pointee.identifier, trailers: $0) }
            return .last(count, hasTrailers: isSaid)
        }
    }

    private static func move(_ store: inout ByteStore, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int) -> Int {
        guard let start = store.bytes, !store.isEmpty else { return 0 }
        let count = min(limit, store.count)
        memcpy(bytes, start, count)
        store.drop(count)
        return count
    }

    // MARK: What the client sees

    /// The next part of the request's body, in chunks where its length is not known.
    func takeFromLane(
        _ client: UnsafeMutablePointer<Client>, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int
    ) -> Intake {
        guard let lane = client.pointee.lane else { return .broken }
        let available = lane.pointee.input.count
        guard available > 0, let start = lane.pointee.input.bytes else {
            client.pointee.stream.handle.isReadable = false
            guard lane.pointee.inputEnded else { return .nothing }
            if client.pointee.phase == .tunneling { return .end }
            guard lane.pointee.isChunked, !lane.pointee.hasToldEnd else { return .nothing }
            lane.pointee.hasToldEnd = true
            var ink = Ink(bytes)
            ink.put("0\r\n\r\n")
            return .bytes(ink.count)
        }
        let count = min(available, limit - 32)
        var ink = Ink(bytes)
        if lane.pointee.isChunked {
            ink.put(hexadecimal: UInt64(count))
            ink.put("\r\n")
        }
        ink.put(start, count)
        if lane.pointee.isChunked { ink.put("\r\n") }
        lane.pointee.input.drop(count)
        if lane.pointee.input.isEmpty { clear(&lane.pointee.input) }
        client.pointee.stream.handle.isReadable = !lane.pointee.input.isEmpty || lane.pointee.inputEnded
        lane.pointee.multiplex.pointee.session?.consume(lane.pointee.identifier, count)
        queue(handle(lane.pointee.multiplex.pointee.carrier))
        return .bytes(ink.count)
    }

    /// Takes a head whole and bodies in any pieces.
    func deliverToLane(
        _ client: UnsafeMutablePointer<Client>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) -> Delivery {
        guard let lane = client.pointee.lane, let session = lane.pointee.multiplex.pointee.session else {
            return .broken
        }
        var start = 0
        while lane.pointee.awaitsHead, start < count {
            var head = ParsedResponse()
            guard head.parse(bytes + start, count: count &- start, slots: laneSlots) == .complete else {
                return .broken
            }
            let isInterim = head.isInterim
            let rest = count &- start &- head.length
            let isEmpty =
                rest == 0 && (client.pointee.exchange?.pointee.response.isDone ?? false) && head.status != 101
                && lane.pointee.trailers == nil
            guard respond(lane, session, head, bytes + start, isInterim: isInterim, hasBody: !isEmpty) else {
                return .broken
            }
            if isInterim { lane.pointee.interimCount += 1 } else { lane.pointee.awaitsHead = false }
            if isEmpty, !isInterim {
                lane.pointee.isOver = true
                lane.pointee.hasSentEnd = true
            }
            start &+= head.length
        }
        queue(handle(lane.pointee.multiplex.pointee.carrier))
        guard start < count else { return .sent }
        keepRest(stream(client), bytes + start, count &- start)
        client.pointee.stream.handle.isWritable = false
        session.resume(lane.pointee.identifier)
        return .blocked
    }

    private func respond(
        _ lane: UnsafeMutablePointer<Lane>, _ session: HTTP2Session, _ head: ParsedResponse,
        _ base: UnsafePointer<UInt8>, isInterim: Bool, hasBody: Bool
    ) -> Bool {
        // A WebSocket is accepted by 200 here (RFC 8441 §5).
        let status = head.status == 101 ? Array("200".utf8) : (9..<12).map { base[$0] }
        return withFields(head, base, status: status) { fields in
            isInterim
                ? session.announce(lane.pointee.identifier, fields)
                : session.respond(lane.pointee.identifier, fields, hasBody: hasBody)
        }
    }

    /// The head in the form that frames carry, whose bytes live as long as the call.
    ///
    /// - Parameter status: `nil` for trailers.
    private func withFields(
        _ head: ParsedResponse, _ base: UnsafePointer<UInt8>, status: [UInt8]?, _ body: ([HTTP2Field]) -> Bool
    ) -> Bool {
        let isAccepted = head.status == 101
        var names = [UInt8]()
        names.reserveCapacity(head.length)
        for index in 0..<head.fields.count {
            let slot = laneSlots[index]
            for offset in 0..<Int(slot.nameLength) { names.append(Bytes.lowercase(base[Int(slot.start) &+ offset])) }
        }
        return (status ?? []).withUnsafeBufferPointer { value in
            names.withUnsafeBufferPointer { names in
                let pseudo: StaticString = ":status"
                var fields: [HTTP2Field] = []
                if status != nil {
                    let name = UnsafeBufferPointer(start: pseudo.utf8Start, count: pseudo.utf8CodeUnitCount)
                    fields.append(HTTP2Field(name: name, value: value))
                }
                var offset = 0
                for index in 0..<head.fields.count {
                    let slot = laneSlots[index]
                    let name = UnsafeBufferPointer(rebasing: names[offset..<offset + Int(slot.nameLength)])
                    offset += Int(slot.nameLength)
                    guard Self.hasPlaceInFrames(slot.kind), status != nil || Self.hasPlaceInTrailers(slot.kind),
                        !(isAccepted && name.elementsEqual("sec-websocket-accept".utf8))
                    else { continue }
                    let value = UnsafeBufferPointer(
                        start: base + Int(slot.valueStart), count: Int(slot.valueLength))
                    fields.append(HTTP2Field(name: name, value: value))
                }
                return !fields.isEmpty && body(fields)
            }
        }
    }

    /// Fields that a message is understood by come in its head (RFC 9110 §6.5.1).
    private static func hasPlaceInTrailers(_ kind: FieldKind) -> Bool {
        switch kind {
        case .host, .contentLength, .expect, .setCookie: false
        default: true
        }
    }

    /// Those that speak of a connection have none in HTTP/2 (RFC 9113 §8.2.2).
    private static func hasPlaceInFrames(_ kind: FieldKind) -> Bool {
        switch kind {
        case .connection, .keepAlive, .transferEncoding, .upgrade, .proxyConnection, .nominated, .te: false
        case .other, .host, .contentLength, .expect, .via, .server, .setCookie, .xForwardedFor, .xForwardedProto,
            .xForwardedPort, .xRequestID, .xRequestStart:
            true
        }
    }

    /// A tunnel's other side says nothing more.
    func finishLane(_ client: UnsafeMutablePointer<Client>) {
        guard let lane = client.pointee.lane, !lane.pointee.isOver else { return }
        lane.pointee.isOver = true
        lane.pointee.multiplex.pointee.session?.resume(lane.pointee.identifier)
        queue(handle(lane.pointee.multiplex.pointee.carrier))
    }

    /// The client is over: what it left is still sent, unless it broke off.
    func leaveLane(_ client: UnsafeMutablePointer<Client>) {
        guard let lane = client.pointee.lane, let session = lane.pointee.multiplex.pointee.session else { return }
        client.pointee.lane = nil
        lane.pointee.client = nil
        lane.pointee.multiplex.pointee.clientCount -= 1
        lane.pointee.tail = client.pointee.stream.pending
        client.pointee.stream.pending = ByteStore()
        lane.pointee.isOver = true
        let unread = lane.pointee.input.count
        if unread > 0 {
            clear(&lane.pointee.input)
            session.consume(lane.pointee.identifier, unread)
        }
        if lane.pointee.isAborted || lane.pointee.awaitsHead {
            session.reset(lane.pointee.identifier, lane.pointee.isAborted ? .internalError : .cancelled)
        } else if !lane.pointee.hasSentEnd {
            session.resume(lane.pointee.identifier)
        } else if !lane.pointee.inputEnded {
            // It has its answer: the rest of its body is not wanted (RFC 9113 §8.1).
            session.reset(lane.pointee.identifier, .noError)
        }
        queue(handle(lane.pointee.multiplex.pointee.carrier))
    }

    private func makeKey() -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var key = (0..<22).map { _ in digits[random.below(64)] }
        // 16 bytes are 22 digits, of which the last has four bits that are zero.
        key[21] = digits[random.below(4) << 4]
        return key + Array("==".utf8)
    }
}
