internal import HTTP
internal import HTTPSecure
internal import Model

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What clients send, and when they leave.
extension Loop {
    func advance(client: UnsafeMutablePointer<Client>) {
        switch client.pointee.phase {
        case .awaiting:
            if client.pointee.stream.handle.isBroken, client.pointee.stream.handle.transport == .http2 {
                return close(client: client)
            }
            if client.pointee.scanned == 0, !client.pointee.stream.partial.isEmpty { return readPipelined(client) }
            if client.pointee.stream.handle.isReadable { readHead(client) }
        case .serving:
            guard let exchange = client.pointee.exchange else { return }
            serve(client, exchange)
        case .tunneling:
            guard let exchange = client.pointee.exchange else { return }
            pumpTunnel(exchange)
        case .lingering:
            if client.pointee.stream.handle.isReadable { discardInput(client) }
        case .multiplexing: carry(client)
        }
    }

    private func serve(_ client: UnsafeMutablePointer<Client>, _ exchange: UnsafeMutablePointer<Exchange>) {
        if !client.pointee.stream.pending.isEmpty, client.pointee.stream.handle.isWritable {
            switch flush(stream(client)) {
            case .blocked: arm(exchange, .silence)
            case .broken: return clientLeft(exchange)
            case .sent:
                if exchange.pointee.phase == .flushing { return finish(exchange) }
                arm(exchange, .silence)
                if let upstream = exchange.pointee.upstream { return queue(handle(upstream)) }
            }
        }
        if client.pointee.stream.handle.isBroken || hasLeft(client, exchange) { return clientLeft(exchange) }
        if !exchange.pointee.request.isDone, client.pointee.stream.handle.isReadable { pumpRequest(exchange) }
    }

    /// Milliseconds after a request in which its client's end of writing belongs to it; later it is the client's leaving.
    /// The network tells one from the other only when something is sent.
    private static let farewell: UInt64 = 50

    private func hasLeft(
        _ client: UnsafeMutablePointer<Client>, _ exchange: UnsafeMutablePointer<Exchange>
    ) -> Bool {
        guard client.pointee.stream.handle.hasPeerClosed, exchange.pointee.request.isDone,
            !exchange.pointee.isHalfClosed
        else { return false }
        exchange.pointee.isHalfClosed = now &- exchange.pointee.requestEnded <= Self.farewell
        return !exchange.pointee.isHalfClosed
    }

    /// The request's body is whole.
    private func requestEnded(_ exchange: UnsafeMutablePointer<Exchange>) {
        exchange.pointee.requestEnded = now
        exchange.pointee.isHalfClosed = exchange.pointee.client.pointee.stream.handle.hasPeerClosed
    }

    private func readPipelined(_ client: UnsafeMutablePointer<Client>) {
        let base = scratch + Self.headroom
        let count = client.pointee.stream.partial.count
        if let kept = client.pointee.stream.partial.bytes { memcpy(base, kept, count) }
        if readHead(client, base, count, from: 0) == .incomplete, client.pointee.stream.handle.isReadable {
            readHead(client)
        }
    }

    private func readHead(_ client: UnsafeMutablePointer<Client>) {
        let base = scratch + Self.headroom
        while client.pointee.stream.handle.isReadable {
            let kept = client.pointee.stream.partial.count
            switch take(handle(client), base + kept, Self.headReadSize) {
            case .nothing: return
            case .end, .broken: return close(client: client)
            case .bytes(let received):
                if kept > 0, let bytes = client.pointee.stream.partial.bytes { memcpy(base, bytes, kept) }
                var count = kept &+ received
                var known = kept
                if client.pointee.expectsPreamble {
                    guard let rest = takePreamble(client, base, count) else { return close(client: client) }
                    if rest == 0 { continue }
                    count = rest
                    known = 0
                }
                // A TLS handshake record; no method starts with that byte.
                if base[0] == 0x16, known == 0, client.pointee.stream.handle.transport == .plain {
                    if startTLS(client, base, count) { continue } else { return close(client: client) }
                }
                if readHead(client, base, count, from: known) != .incomplete { return }
            }
        }
    }

    /// Believes what the proxy in front says of the client, and moves what follows it to `base`.
    ///
    /// - Returns: how many bytes follow, none when more has to come; `nil` when this is not the PROXY protocol.
    @inline(never)
    private func takePreamble(
        _ client: UnsafeMutablePointer<Client>, _ base: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> Int? {
        switch ProxyPreamble.parse(base, count: count) {
        case .malformed: return nil
        case .incomplete:
            keepHead(client, base, count)
            return 0
        case .complete(let preamble):
            client.pointee.expectsPreamble = false
            client.pointee.scanned = 0
            clear(&client.pointee.stream.partial)
            if let source = preamble.source {
                client.pointee.listenerPort = preamble.destinationPort
                client.pointee.tlsVersion = preamble.isSecure ? Client.unknownTLS : 0
                let name = Array(source.utf8)
                client.pointee.addressLength = UInt8(name.count)
                withUnsafeMutableBytes(of: &client.pointee.address) { $0.copyBytes(from: name) }
            }
            memmove(base, base + preamble.length, count &- preamble.length)
            return count &- preamble.length
        }
    }

    /// Looks for a head in `count` bytes, of which those before `known` have been looked at.
    @inline(__always)
    @discardableResult
    private func readHead(
        _ client: UnsafeMutablePointer<Client>, _ base: UnsafeMutablePointer<UInt8>, _ count: Int, from known: Int
    ) -> HeadOutcome {
        if known > 0, Bytes.lineFeed(base + known, count &- known) < 0,
            count &- Int(client.pointee.unfinished) <= HeadLimits.request.fieldLine &+ 1
        {
            keepHead(client, base, count)
            return .incomplete
        }
        let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        let isPreface =
            base[0] == UInt8(ascii: "P") && count > 4
            && memcmp(base, preface.utf8Start, min(count, preface.utf8CodeUnitCount)) == 0
        // Who agreed on HTTP/2 in the handshake speaks nothing else (RFC 9113 §3.3).
        if isPreface || client.pointee.stream.tls?.pointee.application == .http2 {
            return startMultiplexing(client, base, count)
        }
        let outcome = request.pointee.parse(base, count: count, slots: slots)
        switch outcome {
        case .complete: begin(client, base, count)
        case .incomplete:
            client.pointee.unfinished = UInt32(truncatingIfNeeded: request.pointee.fields.unfinished)
            keepHead(client, base, count)
        case .failed(let error): refuse(client, error)
        }
        return outcome
    }

    private func keepHead(_ client: UnsafeMutablePointer<Client>, _ base: UnsafePointer<UInt8>, _ count: Int) {
        client.pointee.stream.partial.keep(base, count)
        client.pointee.scanned = UInt32(truncatingIfNeeded: count)
    }

    /// Passes the request's body on as far as the dyno takes it.
    func pumpRequest(_ exchange: UnsafeMutablePointer<Exchange>) {
        let client = exchange.pointee.client
        guard let upstream = exchange.pointee.upstream, exchange.pointee.phase != .held,
            exchange.pointee.sent == exchange.pointee.filled
        else { return }
        var budget = 4 * Self.readSize
        while client.pointee.stream.handle.isReadable, !exchange.pointee.request.isDone,
            upstream.pointee.stream.pending.isEmpty
        {
            guard budget > 0 else { return queue(handle(client)) }
            if !exchange.pointee.hasLostRequest,
                let pipe = pipe(for: exchange.pointee.request, from: handle(client), to: stream(upstream))
            {
                guard let moved = spliceRequest(exchange, upstream, through: pipe) else { return }
                budget &-= moved
                continue
            }
            let base = scratch + Self.headroom
            switch take(handle(client), base, Self.readSize) {
            case .nothing: return
            case .end, .broken: return clientLeft(exchange)
            case .bytes(let count):
                budget &-= count
                if !passOn(exchange, upstream, base, count) { return }
            }
        }
    }

    /// - Returns: how many bytes were moved; `nil` when there is no more to do for now.
    private func spliceRequest(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>,
        through pipe: UnsafeMutablePointer<Pipe>
    ) -> Int? {
        var delivery = Delivery.sent
        let intake = splice(
            handle(exchange.pointee.client), to: stream(upstream), exchange.pointee.request.announced, through: pipe,
            delivery: &delivery)
        switch intake {
        case .nothing: return nil
        case .end, .broken:
            clientLeft(exchange)
            return nil
        case .bytes(let count):
            exchange.pointee.request.pass(count)
            if exchange.pointee.request.isDone { requestEnded(exchange) }
            exchange.pointee.hasStreamedBody = true
            if delivery == .broken { loseRequest(exchange, upstream) }
            armBeforeResponse(exchange)
            return count
        }
    }

    /// - Returns: `false` when the exchange is over.
    private func passOn(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>,
        _ base: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> Bool {
        let taken = exchange.pointee.request.take(base, count)
        guard taken >= 0 else {
            if exchange.pointee.phase == .relaying {
                abort(exchange, .requestError)
            } else {
                fail(exchange, .requestError, cause: "bad chunk")
            }
            return false
        }
        if taken < count {
            exchange.pointee.client.pointee.stream.partial.append(base + taken, count &- taken)
        }
        if exchange.pointee.request.isDone { requestEnded(exchange) }
        exchange.pointee.hasStreamedBody = true
        if !exchange.pointee.hasLostRequest {
            switch deliver(stream(upstream), base, taken) {
            case .sent, .blocked: break
            case .broken: loseRequest(exchange, upstream)
            }
        }
        armBeforeResponse(exchange)
        return true
    }

    /// The dyno stopped reading, which it may: an answer may be there. The rest of the body is read and dropped.
    func loseRequest(_ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>) {
        exchange.pointee.hasLostRequest = true
        clear(&upstream.pointee.stream.pending)
        upstream.pointee.stream.handle.isReadable = true
        queue(handle(upstream))
    }

    /// H12's clock starts when the dyno has the whole request; until then silence is what ends it.
    @inline(__always)
    func armBeforeResponse(_ exchange: UnsafeMutablePointer<Exchange>) {
        switch exchange.pointee.phase {
        case .awaitingResponse: arm(exchange, exchange.pointee.request.isDone ? .firstByte : .silence)
        case .sending, .relaying, .flushing: arm(exchange, .silence)
        case .held: break
        }
    }

    /// H27: nobody waits for this answer any more.
    func clientLeft(_ exchange: UnsafeMutablePointer<Exchange>) {
        let client = exchange.pointee.client
        log(exchange, fault: .clientRequestInterrupted, status: 499, detail: " sock=client")
        release(exchange, reuse: false)
        recycle(exchange)
        client.pointee.exchange = nil
        close(client: client)
    }

    /// The connection is over at once.
    func close(client: UnsafeMutablePointer<Client>) {
        guard client.pointee.stream.handle.kind != .dead else { return }
        clientCount &-= 1
        if client.pointee.phase == .multiplexing { endMultiplex(client) }
        if client.pointee.lane != nil { leaveLane(client) }
        end(stream(client))
        if hasPausedAccepting { acceptAgainAt = now }
    }

    /// Ends a connection whose client may still be sending: a close right now would make the kernel throw away the
    /// answer that is under way.
    func linger(_ client: UnsafeMutablePointer<Client>) {
        if client.pointee.stream.handle.transport == .http2 { return close(client: client) }
        finishWriting(stream(client))
        awaitEnd(client)
    }

    /// Drops what the client still sends, until it closes or the time for that is over.
    func awaitEnd(_ client: UnsafeMutablePointer<Client>) {
        client.pointee.phase = .lingering
        clear(&client.pointee.stream.partial)
        arm(client, .linger)
        if client.pointee.stream.handle.isReadable { queue(handle(client)) }
    }

    private func discardInput(_ client: UnsafeMutablePointer<Client>) {
        for _ in 0..<8 {
            guard client.pointee.stream.handle.isReadable else { return }
            switch take(handle(client), scratch + Self.headroom, Self.readSize) {
            case .bytes: continue
            case .nothing: return
            case .end, .broken: return close(client: client)
            }
        }
        queue(handle(client))
    }
}
