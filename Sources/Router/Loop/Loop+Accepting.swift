internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A listening socket as one loop sees it.
struct Listener {
    var handle: Handle
    let port: UInt16
    let expectsPreamble: Bool
}

/// Taking new connections.
extension Loop {
    /// Starts to accept at the places that it was given since the last time.
    func listen() {
        guard !isStopping else { return }
        defer { places = [] }
        for place in places {
            let listener = UnsafeMutablePointer<Listener>.allocate(capacity: 1)
            listener.initialize(
                to: Listener(
                    handle: Handle(.listener, descriptor: place.descriptor), port: place.port,
                    expectsPreamble: place.expectsPreamble))
            listeners.append(listener)
            _ = cpx_loop_add_listener(epoll, place.descriptor, listener)
        }
    }

    /// Takes a few connections, so that other loops get their share and requests their turn.
    func accept(_ listener: UnsafeMutablePointer<Listener>) {
        for _ in 0..<16 {
            let client = UnsafeMutablePointer<Client>.allocate(capacity: 1)
            client.initialize(to: Client(descriptor: -1, listenerPort: listener.pointee.port))
            let descriptor = withUnsafeMutableBytes(of: &client.pointee.address) { name in
                let text = name.baseAddress?.assumingMemoryBound(to: CChar.self)
                return text.map { cpx_loop_accept(listener.pointee.handle.descriptor, $0, name.count) } ?? -1
            }
            guard descriptor >= 0 else {
                let code = errno
                client.deallocate()
                switch code {
                case EINTR, ECONNABORTED: continue
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: pauseAccepting()
                default: break
                }
                return
            }
            client.pointee.stream.handle.descriptor = descriptor
            client.pointee.expectsPreamble = listener.pointee.expectsPreamble
            client.pointee.addressLength = UInt8(
                withUnsafeBytes(of: &client.pointee.address) { $0.firstIndex(of: 0) ?? $0.count })
            clientCount &+= 1
            arm(client, .idleClient)
            if cpx_loop_add(epoll, descriptor, client) != 0 { close(client: client) }
        }
    }

    /// No descriptor is left: connections wait in the backlog, instead of waking this loop in vain.
    private func pauseAccepting() {
        guard !hasPausedAccepting else { return }
        hasPausedAccepting = true
        acceptAgainAt = now &+ 100
        for listener in listeners { _ = cpx_loop_remove(epoll, listener.pointee.handle.descriptor) }
    }

    func resumeAccepting() {
        hasPausedAccepting = false
        for listener in listeners { _ = cpx_loop_add_listener(epoll, listener.pointee.handle.descriptor, listener) }
    }
}
