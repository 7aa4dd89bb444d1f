internal import HTTP

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// After a 101: bytes both ways, until both have finished or nobody says anything for a while.
extension Loop {
    /// The dyno's 101 lies at `base`, with `count` bytes in all.
    func startTunnel(
        _ exchange: UnsafeMutablePointer<Exchange>, _ upstream: UnsafeMutablePointer<Upstream>,
        _ base: UnsafeMutablePointer<UInt8>, _ count: Int
    ) {
        let client = exchange.pointee.client
        let length = response.pointee.length
        let head = putResponseHead(exchange, base)
        memcpy(base + length - head, headOut, head)
        exchange.pointee.phase = .relaying
        exchange.pointee.keepsAlive = false
        client.pointee.phase = .tunneling
        upstream.pointee.phase = .tunneling
        exchange.pointee.bytes = UInt64(count &- length)
        guard deliver(stream(client), base + length - head, head &+ count &- length) != .broken else {
            return endTunnel(exchange)
        }
        let early = client.pointee.stream.partial
        if let bytes = early.bytes, !early.isEmpty {
            guard deliver(stream(upstream), bytes, early.count) != .broken else { return endTunnel(exchange) }
        }
        clear(&client.pointee.stream.partial)
        arm(exchange, .silence)
        pumpTunnel(exchange)
    }

    func pumpTunnel(_ exchange: UnsafeMutablePointer<Exchange>) {
        guard let upstream = exchange.pointee.upstream else { return }
        let client = exchange.pointee.client
        guard flushIfReady(stream(client)), flushIfReady(stream(upstream)),
            move(stream(client), to: stream(upstream), &exchange.pointee.clientEnded, exchange) != nil,
            let toClient = move(stream(upstream), to: stream(client), &exchange.pointee.upstreamEnded, exchange)
        else { return endTunnel(exchange) }
        exchange.pointee.bytes &+= UInt64(toClient)
        tellEnd(exchange.pointee.clientEnded, stream(upstream), &exchange.pointee.upstreamToldEnd)
        tellEnd(exchange.pointee.upstreamEnded, stream(client), &exchange.pointee.clientToldEnd)
        if exchange.pointee.clientToldEnd, exchange.pointee.upstreamToldEnd { endTunnel(exchange) }
    }

    private func flushIfReady(_ stream: UnsafeMutablePointer<Stream>) -> Bool {
        guard stream.pointee.handle.isWritable, !stream.pointee.pending.isEmpty else { return true }
        return flush(stream) != .broken
    }

    /// - Returns: how many bytes were moved; `nil` when a side is broken.
    private func move(
        _ from: UnsafeMutablePointer<Stream>, to: UnsafeMutablePointer<Stream>, _ hasEnded: inout Bool,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) -> Int? {
        let source = UnsafeMutableRawPointer(from).assumingMemoryBound(to: Handle.self)
        var moved = 0
        while source.pointee.isReadable, !hasEnded, to.pointee.pending.isEmpty {
            if moved > 2 * Self.readSize {
                queue(source)
                break
            }
            let base = scratch + Self.headroom
            switch take(source, base, Self.readSize) {
            case .nothing: break
            case .broken: return nil
            case .end:
                hasEnded = true
                source.pointee.isReadable = false
            case .bytes(let count):
                moved &+= count
                if deliver(to, base, count) == .broken { return nil }
            }
        }
        if moved > 0 { arm(exchange, .silence) }
        return moved
    }

    private func tellEnd(_ hasEnded: Bool, _ other: UnsafeMutablePointer<Stream>, _ isTold: inout Bool) {
        guard hasEnded, !isTold, other.pointee.pending.isEmpty else { return }
        isTold = true
        finishWriting(other)
    }

    func endTunnel(_ exchange: UnsafeMutablePointer<Exchange>) {
        let client = exchange.pointee.client
        log(exchange)
        release(exchange, reuse: false)
        recycle(exchange)
        client.pointee.exchange = nil
        close(client: client)
    }
}
