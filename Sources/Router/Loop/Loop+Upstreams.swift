internal import CPosix
internal import HTTP

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Connections to dynos: their events, and the pool of idle ones.
extension Loop {
    func advance(upstream: UnsafeMutablePointer<Upstream>) {
        guard let exchange = upstream.pointee.exchange else {
            // An idle connection has nothing to say: whatever comes is its end, or a dyno that talks out of turn.
            if upstream.pointee.stream.handle.isReadable || upstream.pointee.stream.handle.isBroken {
                discard(upstream)
            }
            return
        }
        switch upstream.pointee.phase {
        case .atDoor: enter(exchange, upstream)
        case .connecting: connectReady(exchange, upstream)
        case .busy: serve(exchange, upstream)
        case .tunneling: pumpTunnel(exchange)
        case .idle: break
        }
    }

    /// Goes on with the socket that came through the door, as if this loop had made it.
    private func enter(_ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>) {
        let door = upstream.pointee.stream.handle.descriptor
        let descriptor = cpx_target_enter(upstream.pointee.backend.pointee.target, door)
        guard descriptor >= 0 else {
            let code = errno
            return code == EAGAIN ? () : connectFailed(exchange, upstream, code)
        }
        Glibc.close(door)
        upstream.pointee.stream.handle.descriptor = descriptor
        upstream.pointee.stream.handle.isReadable = false
        upstream.pointee.stream.handle.isWritable = true
        upstream.pointee.stream.handle.hasPeerClosed = false
        upstream.pointee.stream.handle.isBroken = false
        upstream.pointee.phase = .connecting
        upstream.pointee.isShared = true
        _ = cpx_loop_add(epoll, descriptor, upstream)
        send(exchange, upstream)
    }

    private func connectReady(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>
    ) {
        let code = cpx_socket_error(upstream.pointee.stream.handle.descriptor)
        if code != 0 { return connectFailed(exchange, upstream, code) }
        if upstream.pointee.stream.handle.isBroken { return connectFailed(exchange, upstream, ECONNREFUSED) }
        if upstream.pointee.stream.handle.isWritable { send(exchange, upstream) }
    }

    private func serve(_ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>) {
        if upstream.pointee.stream.handle.isWritable {
            if exchange.pointee.sent < exchange.pointee.filled {
                send(exchange, upstream)
                guard upstream.pointee.exchange == exchange else { return }
            }
            if !upstream.pointee.stream.pending.isEmpty {
                switch flush(stream(upstream)) {
                case .blocked: armBeforeResponse(exchange)
                case .broken: loseRequest(exchange, upstream)
                case .sent:
                    armBeforeResponse(exchange)
                    queue(handle(exchange.pointee.client))
                }
            }
        }
        if upstream.pointee.stream.handle.isReadable { readResponse(exchange, upstream) }
    }

    func takeIdle(_ upstream: UnsafeMutablePointer<Upstream>, for exchange: UnsafeMutablePointer<Exchange>) {
        unlink(upstream)
        arm(handle(upstream), .none)
        upstream.pointee.phase = .busy
        upstream.pointee.exchange = exchange
        exchange.pointee.upstream = upstream
        exchange.pointee.isReused = true
        exchange.pointee.connectTime = 0
    }

    /// Whether an idle connection is over, by an event that has not come yet.
    func hasEnded(_ upstream: UnsafeMutablePointer<Upstream>) -> Bool {
        var byte: UInt8 = 0
        let count = recv(upstream.pointee.stream.handle.descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count >= 0 || errno != EAGAIN
    }

    private func unlink(_ upstream: UnsafeMutablePointer<Upstream>) {
        let backend = upstream.pointee.backend
        if let previous = upstream.pointee.previousIdle {
            previous.pointee.nextIdle = upstream.pointee.nextIdle
        } else {
            backend.pointee.idle = upstream.pointee.nextIdle
        }
        if let next = upstream.pointee.nextIdle { next.pointee.previousIdle = upstream.pointee.previousIdle }
        upstream.pointee.previousIdle = nil
        upstream.pointee.nextIdle = nil
        backend.pointee.idleCount &-= 1
    }

    private func pool(_ upstream: UnsafeMutablePointer<Upstream>) {
        let backend = upstream.pointee.backend
        upstream.pointee.phase = .idle
        upstream.pointee.exchange = nil
        upstream.pointee.nextIdle = backend.pointee.idle
        upstream.pointee.previousIdle = nil
        if let first = backend.pointee.idle { first.pointee.previousIdle = upstream }
        backend.pointee.idle = upstream
        backend.pointee.idleCount &+= 1
        arm(handle(upstream), .idleUpstream)
    }

    /// Parts a request from its dyno; the connection is kept for the next one when it may be.
    @inline(__always)
    func release(_ exchange: UnsafeMutablePointer<Exchange>, reuse: Bool) {
        release(exchange)
        if let upstream = exchange.pointee.upstream {
            exchange.pointee.upstream = nil
            let stream = upstream.pointee.stream
            if reuse, !isStopping, !stream.handle.hasPeerClosed, !stream.handle.isReadable, stream.pending.isEmpty,
                upstream.pointee.backend.pointee.isListed,
                Int(upstream.pointee.backend.pointee.idleCount) < settings.poolLimit
            {
                pool(upstream)
            } else {
                discard(upstream)
            }
        }
    }

    func discard(_ upstream: UnsafeMutablePointer<Upstream>) {
        if upstream.pointee.phase == .idle { unlink(upstream) }
        upstream.pointee.exchange = nil
        // Closing ends the watch only with the last holder: until then events would come for what is gone.
        if upstream.pointee.isShared { _ = cpx_loop_remove(epoll, upstream.pointee.stream.handle.descriptor) }
        end(stream(upstream))
    }
}
