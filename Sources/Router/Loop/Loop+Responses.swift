internal import CPosix
internal import HTTP
internal import Model

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// From the dyno's answer to the client's.
extension Loop {
    func readResponse(_ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>) {
        let client = exchange.pointee.client
        var budget = 4 * Self.readSize
        while upstream.pointee.stream.handle.isReadable, client.pointee.stream.pending.isEmpty {
            guard budget > 0 else { return queue(handle(upstream)) }
            if exchange.pointee.phase == .awaitingResponse, isHeldUp(exchange) { return }
            if exchange.pointee.phase == .relaying,
                let pipe = pipe(for: exchange.pointee.response, from: handle(upstream), to: stream(client))
            {
                guard let moved = spliceResponse(exchange, upstream, through: pipe) else { return }
                budget &-= moved
                continue
            }
            let base = scratch + Self.headroom
            let kept = upstream.pointee.stream.partial.count
            let most = exchange.pointee.phase == .relaying ? Self.readSize : Self.answerReadSize
            switch take(handle(upstream), base + kept, most) {
            case .nothing: return
            case .end: return upstreamEnded(exchange, upstream)
            case .broken: return upstreamEnded(exchange, upstream, abruptly: true)
            case .bytes(let count):
                budget &-= count
                let goesOn: Bool
                if exchange.pointee.phase == .relaying {
                    goesOn = relay(exchange, base, count)
                } else {
                    if kept > 0, let bytes = upstream.pointee.stream.partial.bytes { memcpy(base, bytes, kept) }
                    goesOn = readResponseHead(exchange, upstream, base, kept &+ count)
                }
                if !goesOn { return }
            }
        }
    }

    /// - Returns: how many bytes were moved; `nil` when there is no more to do for now.
    private func spliceResponse(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>,
        through pipe: UnsafeMutablePointer<Pipe>
    ) -> Int? {
        var delivery = Delivery.sent
        let intake = splice(
            handle(upstream), to: stream(exchange.pointee.client), exchange.pointee.response.announced, through: pipe,
            delivery: &delivery)
        switch intake {
        case .nothing: return nil
        case .end: upstreamEnded(exchange, upstream)
        case .broken: upstreamEnded(exchange, upstream, abruptly: true)
        case .bytes(let count):
            exchange.pointee.response.pass(count)
            exchange.pointee.bytes &+= UInt64(count)
            if delivery == .broken {
                clientLeft(exchange)
            } else if exchange.pointee.response.isDone {
                // Finds the socket empty: a connection on which more has come is not used again.
                _ = take(handle(upstream), scratch, 1)
                responseEnded(exchange)
            } else {
                arm(exchange, .silence)
                return count
            }
        }
        return nil
    }

    /// - Returns: whether to read on.
    private func relay(
        _ exchange: UnsafeMutablePointer<Exchange>, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> Bool {
        guard let size = takeBody(exchange, bytes, count) else {
            abort(exchange, .serverRequestInterrupted, detail: " sock=backend")
            return false
        }
        exchange.pointee.bytes &+= UInt64(size)
        return deliverResponse(exchange, bytes, size)
    }

    /// The part of the bytes that belongs to the body, made ready for the client at their front.
    ///
    /// - Returns: `nil` when it is malformed.
    @inline(__always)
    private func takeBody(
        _ exchange: UnsafeMutablePointer<Exchange>, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> Int? {
        if exchange.pointee.unchunks {
            var unheard: [UInt8] = []
            let size =
                if let lane = exchange.pointee.client.pointee.lane {
                    exchange.pointee.response.unchunk(bytes, count, &lane.pointee.ending)
                } else {
                    exchange.pointee.response.unchunk(bytes, count, &unheard)
                }
            return size < 0 ? nil : size
        }
        let taken = exchange.pointee.response.take(bytes, count)
        if taken < 0 { return nil }
        // More than was announced: what follows is nobody's, and neither is this connection.
        if taken < count { exchange.pointee.upstreamKeepsAlive = false }
        return taken
    }

    /// - Returns: whether to read on.
    @inline(__always)
    private func deliverResponse(
        _ exchange: UnsafeMutablePointer<Exchange>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) -> Bool {
        let isLast = exchange.pointee.response.isDone && !exchange.pointee.keepsAlive
        switch deliver(stream(exchange.pointee.client), bytes, count, isLast: isLast) {
        case .broken:
            clientLeft(exchange)
            return false
        case .sent, .blocked: break
        }
        if exchange.pointee.response.isDone {
            responseEnded(exchange)
            return false
        }
        arm(exchange, .silence)
        return true
    }

    private func readResponseHead(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>,
        _ base: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> Bool {
        var start = 0
        while true {
            let outcome =
                start < count
                ? response.pointee.parse(base + start, count: count &- start, slots: slots) : .incomplete
            switch outcome {
            case .incomplete:
                if start < count {
                    upstream.pointee.stream.partial.keep(base + start, count &- start)
                } else {
                    clear(&upstream.pointee.stream.partial)
                }
                return true
            case .failed(let error):
                failMalformed(exchange, error)
                return false
            case .complete:
                if response.pointee.isInterim {
                    let length = response.pointee.length
                    guard passInterim(exchange, base + start) else { return false }
                    start &+= length
                    continue
                }
                clear(&upstream.pointee.stream.partial)
                return begin(exchange, upstream, base + start, count &- start)
            }
        }
    }

    /// 1xx other than 100, which was ours to say, goes to clients that know it.
    private func passInterim(_ exchange: UnsafeMutablePointer<Exchange>, _ base: UnsafePointer<UInt8>) -> Bool {
        guard response.pointee.status != 100, exchange.pointee.minorVersion >= 1 else { return true }
        var ink = Ink(headOut)
        putStatusLine(base, &ink)
        putFields(base, isUpgrade: false, &ink)
        ink.put("\r\n")
        guard deliver(stream(exchange.pointee.client), headOut, ink.count) != .broken else {
            clientLeft(exchange)
            return false
        }
        return true
    }

    /// The final head is there, with `count` bytes from its start on.
    private func begin(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>,
        _ base: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> Bool {
        if response.pointee.fields.hasOversizedCookie {
            fail(exchange, .httpRestriction, detail: "oversized cookie")
            return false
        }
        exchange.pointee.status = response.pointee.status
        if response.pointee.status == 101 {
            guard exchange.pointee.asksForUpgrade else {
                fail(exchange, .poorlyFormattedResponse)
                return false
            }
            startTunnel(exchange, upstream, base, count)
            return false
        }
        let framing = response.pointee.framing(answering: exchange.pointee.method)
        exchange.pointee.response = BodyProgress(framing)
        // Streams have frames of their own in the place of chunks.
        let isMultiplexed = exchange.pointee.client.pointee.stream.handle.transport == .http2
        exchange.pointee.unchunks = framing == .chunked && (exchange.pointee.minorVersion == 0 || isMultiplexed)
        exchange.pointee.upstreamKeepsAlive = response.pointee.keepsAlive && framing != .untilClose
        if framing == .untilClose || exchange.pointee.unchunks || !exchange.pointee.request.isDone || isStopping
            || exchange.pointee.client.pointee.stream.handle.hasPeerClosed
        {
            exchange.pointee.keepsAlive = false
        }
        exchange.pointee.phase = .relaying

        let length = response.pointee.length
        let body = base + length
        guard let size = takeBody(exchange, body, count &- length) else {
            exchange.pointee.phase = .awaitingResponse
            fail(exchange, .poorlyFormattedResponse)
            return false
        }
        exchange.pointee.bytes = UInt64(size)
        // Apps that write head and body apart (Python's http.server) hold the body back until the head is acknowledged.
        if count == length, !exchange.pointee.response.isDone {
            cpx_loop_acknowledge(upstream.pointee.stream.handle.descriptor)
        }
        let head = putResponseHead(exchange, base)
        memcpy(body - head, headOut, head)
        return deliverResponse(exchange, body - head, head &+ size)
    }

    /// Makes the client's head in `headOut`.
    ///
    /// - Returns: its length, at most ``Loop/headroom`` more than the dyno's.
    func putResponseHead(_ exchange: UnsafeMutablePointer<Exchange>, _ base: UnsafePointer<UInt8>) -> Int {
        let head = response
        var ink = Ink(headOut)
        let isUpgrade = head.pointee.status == 101 || head.pointee.status == 426
        putStatusLine(base, &ink)
        let hasServer = putFields(base, isUpgrade: isUpgrade, &ink)
        if !hasServer { ink.put("Server: Heroku\r\n") }
        ink.put("Via: 1.1 heroku-router\r\n")
        if exchange.pointee.beginsSession { putSessionCookie(exchange, &ink) }
        if exchange.pointee.response.kind == .chunked
            || (exchange.pointee.method == .head && head.pointee.fields.isChunked),
            !exchange.pointee.unchunks
        {
            ink.put("Transfer-Encoding: chunked\r\n")
        }
        if isUpgrade, head.pointee.fields.hasUpgrade {
            ink.put("Connection: Upgrade\r\n")
        } else if !exchange.pointee.keepsAlive {
            ink.put("Connection: close\r\n")
        } else if exchange.pointee.minorVersion == 0 {
            ink.put("Connection: keep-alive\r\n")
        }
        ink.put("\r\n")
        return ink.count
    }

    @inline(__always)
    private func putStatusLine(_ base: UnsafePointer<UInt8>, _ ink: inout Ink) {
        ink.put("HTTP/1.1 ")
        ink.put(base + 9, 3)
        ink.put(byte: Bytes.space)
        ink.put(base + response.pointee.reasonStart, response.pointee.reasonLength)
        ink.put("\r\n")
    }

    /// Copies the lines that are passed on as they are, a run at a time.
    ///
    /// - Returns: whether one of them names the server.
    @inline(__always)
    @discardableResult
    private func putFields(_ base: UnsafePointer<UInt8>, isUpgrade: Bool, _ ink: inout Ink) -> Bool {
        let head = response
        // These have no body, whatever their dyno says (RFC 9110 §8.6).
        let hasLength = head.pointee.status >= 200 && head.pointee.status != 204
        var hasServer = false
        var runStart = head.pointee.fieldsStart
        let end = head.pointee.length &- 2
        let count = head.pointee.fields.count
        var index = 0
        while index < count {
            let kind = slots[index].kind
            if kind == .server { hasServer = true }
            if !Self.isPassedBack(kind, isUpgrade: isUpgrade) || (kind == .contentLength && !hasLength) {
                let start = Int(slots[index].start)
                if start > runStart { ink.put(base + runStart, start &- runStart) }
                runStart = index &+ 1 < count ? Int(slots[index &+ 1].start) : end
            }
            index &+= 1
        }
        if end > runStart { ink.put(base + runStart, end &- runStart) }
        return hasServer
    }

    @inline(__always)
    private static func isPassedBack(_ kind: FieldKind, isUpgrade: Bool) -> Bool {
        switch kind {
        case .connection, .transferEncoding, .keepAlive, .te, .proxyConnection, .nominated: false
        case .upgrade: isUpgrade
        case .other, .host, .contentLength, .expect, .via, .server, .setCookie, .xForwardedFor, .xForwardedProto,
            .xForwardedPort, .xRequestID, .xRequestStart:
            true
        }
    }

    /// The dyno's part is over; the client may still be taking its own.
    private func responseEnded(_ exchange: UnsafeMutablePointer<Exchange>) {
        let reuse =
            exchange.pointee.upstreamKeepsAlive && exchange.pointee.request.isDone && !exchange.pointee.hasLostRequest
        release(exchange, reuse: reuse)
        if exchange.pointee.client.pointee.stream.pending.isEmpty { return finish(exchange) }
        exchange.pointee.phase = .flushing
        arm(exchange, .silence)
    }

    /// The longest answer that is closed upon at once, when the kernel has sent all of it: ten segments, what may be under
    /// way unacknowledged from the start. Source: RFC 6928. Of a longer one a part may have to be sent again, which the
    /// kernel no longer does once the client has sent to a connection that is closed.
    private static let firstFlight: UInt64 = 14_000

    /// The answer is out: writes the access line, and turns to the client's next request.
    func finish(_ exchange: UnsafeMutablePointer<Exchange>) {
        let client = exchange.pointee.client
        log(exchange)
        let keeps = exchange.pointee.keepsAlive && exchange.pointee.request.isDone && !isStopping
        let mustLinger = !exchange.pointee.request.isDone || exchange.pointee.bytes > Self.firstFlight
        recycle(exchange)
        client.pointee.exchange = nil
        if keeps {
            client.pointee.phase = .awaiting
            arm(client, .idleClient)
            if client.pointee.stream.handle.isReadable || !client.pointee.stream.partial.isEmpty {
                queue(handle(client))
            }
        } else if mustLinger || client.pointee.stream.handle.isReadable || !client.pointee.stream.partial.isEmpty {
            linger(client)
        } else if client.pointee.stream.handle.transport == .http2 {
            close(client: client)
        } else {
            finishWriting(stream(client))
            // Of an answer before, or because the client has little room: a close would drop it when more comes.
            if cpx_loop_unsent(client.pointee.stream.handle.descriptor) > 0 {
                awaitEnd(client)
            } else {
                close(client: client)
            }
        }
    }

    private func upstreamEnded(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>, abruptly: Bool = false
    ) {
        switch exchange.pointee.phase {
        case .held, .flushing: break
        case .sending, .awaitingResponse:
            let isUntouched = upstream.pointee.stream.partial.isEmpty
            if exchange.pointee.isReused, !exchange.pointee.hasRetried, isUntouched, exchange.pointee.isReplayable {
                return retry(exchange)
            }
            fail(exchange, .connectionClosedWithoutResponse)
        case .relaying:
            if exchange.pointee.response.kind == .untilClose, !abruptly { return responseEnded(exchange) }
            abort(exchange, .serverRequestInterrupted, detail: " sock=backend")
        }
    }
}
