internal import Model

/// What happens when time is up.
extension Loop {
    @inline(__always)
    func arm(_ client: UnsafeMutablePointer<Client>, _ name: TimerQueue.Name) {
        arm(UnsafeMutableRawPointer(client).assumingMemoryBound(to: Handle.self), name)
    }

    @inline(__always)
    func arm(_ exchange: UnsafeMutablePointer<Exchange>, _ name: TimerQueue.Name) {
        arm(UnsafeMutableRawPointer(exchange).assumingMemoryBound(to: Handle.self), name)
    }

    /// Starts a timer anew, in place of the one that ran.
    @inline(__always)
    func arm(_ handle: UnsafeMutablePointer<Handle>, _ name: TimerQueue.Name) {
        let old = handle.pointee.timer
        if old != .none { timers[Int(old.rawValue)].remove(handle) }
        handle.pointee.timer = name
        if name != .none { timers[Int(name.rawValue)].append(handle, now: now) }
    }

    func expireTimers() {
        for name in TimerQueue.Name.allCases where name != .none {
            while let first = timers[Int(name.rawValue)].first, first.pointee.deadline <= now {
                arm(first, .none)
                expire(first, name)
            }
        }
    }

    private func expire(_ handle: UnsafeMutablePointer<Handle>, _ name: TimerQueue.Name) {
        let pointer = UnsafeMutableRawPointer(handle)
        switch name {
        case .none: break
        case .idleClient:
            let client = pointer.assumingMemoryBound(to: Client.self)
            if client.pointee.stream.partial.isEmpty { close(client: client) } else { refuseSlowHead(client) }
        case .linger: close(client: pointer.assumingMemoryBound(to: Client.self))
        case .idleUpstream: discard(pointer.assumingMemoryBound(to: Upstream.self))
        case .connect: fail(pointer.assumingMemoryBound(to: Exchange.self), .backendConnectionTimeout)
        case .firstByte: fail(pointer.assumingMemoryBound(to: Exchange.self), .requestTimeout)
        case .held: fail(pointer.assumingMemoryBound(to: Exchange.self), .appBootTimeout)
        case .silence: fallSilent(pointer.assumingMemoryBound(to: Exchange.self))
        }
    }

    /// Nothing moved for the whole window: whose turn was it?
    private func fallSilent(_ exchange: UnsafeMutablePointer<Exchange>) {
        let client = exchange.pointee.client
        if client.pointee.phase == .tunneling { return endTunnel(exchange) }
        let clientIsStuck = !client.pointee.stream.pending.isEmpty
        let clientOwes = !exchange.pointee.request.isDone && !hasBlockedUpstream(exchange)
        switch exchange.pointee.phase {
        case .sending, .awaitingResponse, .held:
            fail(exchange, clientOwes ? .clientConnectionIdle : .idleConnection)
        case .relaying, .flushing: abort(exchange, clientIsStuck ? .clientConnectionIdle : .idleConnection)
        }
    }

    private func hasBlockedUpstream(_ exchange: UnsafeMutablePointer<Exchange>) -> Bool {
        guard let upstream = exchange.pointee.upstream else { return false }
        return !upstream.pointee.stream.pending.isEmpty || exchange.pointee.sent < exchange.pointee.filled
    }
}
