internal import CPosix
internal import HTTP
internal import Model

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// From a host to an app, and from an app to one of its dynos.
extension Loop {
    func dispatch(_ exchange: UnsafeMutablePointer<Exchange>) {
        guard let route = findApp(exchange) else { return refuseHost(exchange) }
        if tlsVersion(of: exchange.pointee.client) != 0, isMisdirected(exchange, route) {
            let isStream = exchange.pointee.client.pointee.lane != nil
            return fail(exchange, isStream ? .misdirectedRequest : .certificateMismatch)
        }
        switch route.pointee.kind {
        case .serving: choose(exchange, route)
        case .starting: hold(exchange)
        case .asleep:
            if !route.pointee.hasAskedToWake, let app = route.pointee.app {
                route.pointee.hasAskedToWake = true
                outlet.wake(app)
            }
            hold(exchange)
        case .refusing: fail(exchange, route.pointee.fault ?? .platformError)
        }
    }

    @discardableResult
    func findApp(_ exchange: UnsafeMutablePointer<Exchange>) -> UnsafeMutablePointer<CompiledRoute>? {
        let length = readHost(exchange)
        guard let route = table.route(hostName, length) else { return nil }
        exchange.pointee.app = route.pointee.app
        return route
    }

    /// Writes the request's host to `hostName`: lower case, without port, without the dot at its end.
    ///
    /// - Returns: its length.
    func readHost(_ exchange: UnsafeMutablePointer<Exchange>) -> Int {
        let host = exchange.pointee.block + Int(exchange.pointee.hostSpan.offset)
        var length = Int(exchange.pointee.hostSpan.length)
        if length > 0, host[0] == UInt8(ascii: "[") {
            var end = 0
            while end < length, host[end] != UInt8(ascii: "]") { end &+= 1 }
            length = min(length, end &+ 1)
        } else {
            var end = 0
            while end < length, host[end] != Bytes.colon { end &+= 1 }
            length = end
        }
        if length > 1, host[length &- 1] == UInt8(ascii: ".") { length &-= 1 }
        for index in 0..<length { hostName[index] = Bytes.lowercase(host[index]) }
        return length
    }

    private func hold(_ exchange: UnsafeMutablePointer<Exchange>) {
        guard heldCount < settings.heldLimit else { return fail(exchange, .backlogTooDeep) }
        heldCount &+= 1
        exchange.pointee.phase = .held
        if let backend = exchange.pointee.backend { leave(backend) }
        exchange.pointee.backend = nil
        arm(exchange, .held)
    }

    /// Lets every held request look at the table again; those that still have to wait keep their place and their time.
    func reviewHeld() {
        var next = timers[Int(TimerQueue.Name.held.rawValue)].first
        while let handle = next {
            next = handle.pointee.next
            let exchange = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: Exchange.self)
            let route = table.route(hostName, readHost(exchange))
            if let route {
                switch route.pointee.kind {
                case .starting: continue
                case .asleep where route.pointee.hasAskedToWake: continue
                case .asleep:
                    route.pointee.hasAskedToWake = true
                    if let app = route.pointee.app { outlet.wake(app) }
                    continue
                case .serving, .refusing: break
                }
            }
            release(exchange)
            dispatch(exchange)
        }
    }

    /// Takes it out of the waiting room.
    func release(_ exchange: UnsafeMutablePointer<Exchange>) {
        guard exchange.pointee.phase == .held else { return }
        heldCount &-= 1
        exchange.pointee.phase = .sending
        arm(exchange, .none)
    }

    private func choose(_ exchange: UnsafeMutablePointer<Exchange>, _ route: UnsafeMutablePointer<CompiledRoute>) {
        var failure = RouterFault.backendConnectionRefused
        var session = route.pointee.keepsSessions ? sessionDyno(exchange, route) : nil
        exchange.pointee.beginsSession = route.pointee.keepsSessions
        // Ten different dynos, or as many as there are (heroku-platform.md §10.1).
        while exchange.pointee.attempts < 10, let backend = session ?? pick(exchange, route) {
            exchange.pointee.attempts &+= 1
            if session != nil {
                exchange.pointee.beginsSession = false
                session = nil
            } else {
                exchange.pointee.beginsSession = route.pointee.keepsSessions
            }
            if let other = exchange.pointee.backend { leave(other) }
            exchange.pointee.backend = backend
            backend.pointee.inFlight &+= 1
            while let upstream = backend.pointee.idle, !exchange.pointee.hasRetried {
                // What a dyno that closed has been given may not be given to another one: so see to it first.
                if !exchange.pointee.method.isIdempotent, hasEnded(upstream) {
                    discard(upstream)
                    continue
                }
                takeIdle(upstream, for: exchange)
                return send(exchange, upstream)
            }
            let descriptor = cpx_target_connect(backend.pointee.target)
            if descriptor >= 0 { return connect(exchange, backend, descriptor) }
            let code = errno
            exchange.pointee.connectTime = 0
            avoid(exchange, backend)
            if code == EMFILE || code == ENFILE {
                failure = .platformError
                break
            }
        }
        fail(exchange, failure)
    }

    /// Two draws, because one ignores load and a full scan herds every loop onto the same idle dyno.
    private func pick(
        _ exchange: UnsafeMutablePointer<Exchange>, _ route: UnsafeMutablePointer<CompiledRoute>
    ) -> UnsafeMutablePointer<Backend>? {
        let backends = route.pointee.backends
        let count = route.pointee.backendCount
        let serial = exchange.pointee.serial
        if count > 1 {
            let one = random.below(count)
            let step = random.below(count &- 1) &+ 1
            let first = backends[one]
            let second = backends[one &+ step < count ? one &+ step : one &+ step &- count]
            let isFirstGood = isGood(first, serial)
            let isSecondGood = isGood(second, serial)
            if isFirstGood, isSecondGood {
                return second.pointee.inFlight < first.pointee.inFlight ? second : first
            }
            if isFirstGood { return first }
            if isSecondGood { return second }
        }
        var resort: UnsafeMutablePointer<Backend>?
        for index in 0..<count {
            if isGood(backends[index], serial) { return backends[index] }
            if backends[index].pointee.triedBy != serial { resort = backends[index] }
        }
        return resort
    }

    @inline(__always)
    func isGood(_ backend: UnsafeMutablePointer<Backend>, _ serial: UInt64) -> Bool {
        backend.pointee.triedBy != serial && backend.pointee.quarantinedUntil <= now
    }

    /// The dyno could not be reached: others come first for a while, and for this request it is out.
    private func avoid(_ exchange: UnsafeMutablePointer<Exchange>, _ backend: UnsafeMutablePointer<Backend>) {
        backend.pointee.triedBy = exchange.pointee.serial
        backend.pointee.quarantinedUntil = now &+ settings.quarantine.milliseconds
    }

    private func connect(
        _ exchange: UnsafeMutablePointer<Exchange>, _ backend: UnsafeMutablePointer<Backend>, _ descriptor: Int32
    ) {
        let upstream = UnsafeMutablePointer<Upstream>.allocate(capacity: 1)
        upstream.initialize(to: Upstream(descriptor: descriptor, backend: backend))
        upstream.pointee.exchange = exchange
        exchange.pointee.upstream = upstream
        exchange.pointee.isReused = false
        exchange.pointee.connectStarted = now
        exchange.pointee.connectTime = -1
        _ = cpx_loop_add(epoll, descriptor, upstream)
        arm(exchange, .connect)
        if backend.pointee.target.pointee.inner_length > 0 {
            upstream.pointee.phase = .atDoor
            return
        }
        // Most dynos are on this machine, where the connection stands by now.
        send(exchange, upstream)
    }

    /// A connection could not be made.
    func connectFailed(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>, _ code: Int32
    ) {
        let backend = upstream.pointee.backend
        exchange.pointee.connectTime = Int64(now &- exchange.pointee.connectStarted)
        exchange.pointee.upstream = nil
        discard(upstream)
        guard code != ETIMEDOUT else { return fail(exchange, .backendConnectionTimeout) }
        guard code != EMFILE else { return fail(exchange, .platformError) }
        avoid(exchange, backend)
        exchange.pointee.sent = 0
        // The table may have changed meanwhile: start over with what it says now.
        guard let route = findApp(exchange), route.pointee.kind == .serving else { return dispatch(exchange) }
        choose(exchange, route)
    }

    /// Sends the head and what came of the body with it.
    func send(_ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>) {
        // An answer may have begun before the dyno had read everything.
        let isEarly = exchange.pointee.phase == .relaying
        if !isEarly { exchange.pointee.phase = .sending }
        while exchange.pointee.sent < exchange.pointee.filled {
            let result = Glibc.send(
                upstream.pointee.stream.handle.descriptor, exchange.pointee.block + exchange.pointee.sent,
                exchange.pointee.filled &- exchange.pointee.sent, Int32(MSG_NOSIGNAL))
            if result >= 0 {
                exchange.pointee.sent &+= result
                continue
            }
            let code = errno
            switch code {
            case EINTR: continue
            case EAGAIN, ENOTCONN:
                upstream.pointee.stream.handle.isWritable = false
                if upstream.pointee.phase == .busy { arm(exchange, .silence) }
                return
            default:
                if upstream.pointee.phase == .connecting { return connectFailed(exchange, upstream, code) }
                return sendFailed(exchange, upstream)
            }
        }
        if upstream.pointee.phase == .connecting {
            upstream.pointee.phase = .busy
            upstream.pointee.backend.pointee.quarantinedUntil = 0
            exchange.pointee.connectTime = Int64(now &- exchange.pointee.connectStarted)
        }
        if !isEarly { exchange.pointee.phase = .awaitingResponse }
        exchange.pointee.isReached = true
        armBeforeResponse(exchange)
        if !exchange.pointee.request.isDone { startBody(exchange) }
    }

    private func startBody(_ exchange: UnsafeMutablePointer<Exchange>) {
        let client = exchange.pointee.client
        if exchange.pointee.expectsContinue {
            exchange.pointee.expectsContinue = false
            let answer: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
            if deliver(stream(client), answer.utf8Start, answer.utf8CodeUnitCount) == .broken {
                return clientLeft(exchange)
            }
        }
        if client.pointee.stream.handle.isReadable { queue(handle(client)) }
    }

    /// The dyno closed while it was given the request.
    private func sendFailed(_ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>) {
        if exchange.pointee.isReused, !exchange.pointee.hasRetried,
            exchange.pointee.sent == 0 || exchange.pointee.isReplayable
        {
            return retry(exchange)
        }
        // It may have answered before it closed.
        exchange.pointee.sent = exchange.pointee.filled
        if exchange.pointee.phase != .relaying { exchange.pointee.phase = .awaitingResponse }
        armBeforeResponse(exchange)
        loseRequest(exchange, upstream)
    }

    /// A kept connection turned out to be closed before a byte of the answer came: once more, on a new one.
    func retry(_ exchange: UnsafeMutablePointer<Exchange>) {
        release(exchange, reuse: false)
        exchange.pointee.isReached = false
        exchange.pointee.hasRetried = true
        exchange.pointee.sent = 0
        exchange.pointee.phase = .sending
        dispatch(exchange)
    }
}
