internal import HTTP
internal import HTTPSecure

/// Connections that speak HTTP/2: their frames in and out.
extension Loop {
    /// Goes on in HTTP/2 with a connection that began with its preface; `count` bytes lie at `base`.
    func startMultiplexing(
        _ client: UnsafeMutablePointer<Client>, _ base: UnsafePointer<UInt8>, _ count: Int
    ) -> HeadOutcome {
        let multiplex = UnsafeMutablePointer<Multiplex>.allocate(capacity: 1)
        multiplex.initialize(to: Multiplex(carrier: client))
        multiplex.pointee.session = HTTP2Session(multiplex, receiver: self)
        client.pointee.multiplex = multiplex
        carriers.insert(client)
        client.pointee.phase = .multiplexing
        clear(&client.pointee.stream.partial)
        client.pointee.scanned = 0
        guard let session = multiplex.pointee.session, session.receive(base, count) else {
            endBadly(client)
            return .complete
        }
        sendFrames(client)
        if client.pointee.stream.handle.kind != .dead, client.pointee.stream.handle.isReadable {
            queue(handle(client))
        }
        return .complete
    }

    /// Something came or may go.
    func carry(_ client: UnsafeMutablePointer<Client>) {
        var hasMoved = false
        if client.pointee.stream.handle.isWritable, !client.pointee.stream.pending.isEmpty {
            if flush(stream(client)) == .broken { return close(client: client) }
            hasMoved = true
        }
        guard let session = client.pointee.multiplex?.pointee.session else { return close(client: client) }
        var budget = 4 * Self.readSize
        // A client that does not read is not read either.
        while client.pointee.stream.handle.isReadable, client.pointee.stream.pending.isEmpty {
            guard budget > 0 else {
                queue(handle(client))
                break
            }
            let base = scratch + Self.headroom
            switch take(handle(client), base, Self.readSize) {
            case .nothing: break
            case .end, .broken: return close(client: client)
            case .bytes(let count):
                budget &-= count
                guard session.receive(base, count) else {
                    return endBadly(client)
                }
                continue
            }
            break
        }
        sendFrames(client, hasMoved: hasMoved)
    }

    /// Sends frames as long as the client takes them.
    ///
    /// - Parameter hasMoved: it has just taken earlier ones.
    private func sendFrames(_ client: UnsafeMutablePointer<Client>, hasMoved: Bool = false) {
        var hasMoved = hasMoved
        guard let multiplex = client.pointee.multiplex, let session = multiplex.pointee.session else { return }
        while client.pointee.stream.pending.isEmpty {
            guard let count = session.send(into: headOut, limit: Self.headReadSize) else {
                return close(client: client)
            }
            tellDrained()
            guard count > 0 else { break }
            hasMoved = true
            if deliver(stream(client), headOut, count) == .broken { return close(client: client) }
        }
        if session.isOver, client.pointee.stream.pending.isEmpty {
            endMultiplex(client)
            return linger(client)
        }
        if multiplex.pointee.isLeaving, multiplex.pointee.laneCount == 0, client.pointee.stream.pending.isEmpty {
            finishWriting(stream(client))
            return close(client: client)
        }
        if multiplex.pointee.hasHeldUp, client.pointee.stream.pending.isEmpty { letGoOn(multiplex) }
        if multiplex.pointee.clientCount > 0 {
            arm(client, .none)
        } else if hasMoved || client.pointee.stream.handle.timer == .none {
            // Heads that do not get finished and answers that nobody takes give no more time.
            arm(client, .idleClient)
        }
    }

    /// Whether the connection has to take more before this answer's next part is read: an app may say any number of 1xx
    /// before it answers, and they all wait as frames.
    func isHeldUp(_ exchange: UnsafeMutablePointer<Exchange>) -> Bool {
        guard let lane = exchange.pointee.client.pointee.lane, lane.pointee.awaitsHead,
            lane.pointee.saysMuch, !lane.pointee.multiplex.pointee.carrier.pointee.stream.pending.isEmpty
        else { return false }
        lane.pointee.multiplex.pointee.hasHeldUp = true
        return true
    }

    private func letGoOn(_ multiplex: UnsafeMutablePointer<Multiplex>) {
        multiplex.pointee.hasHeldUp = false
        var next = multiplex.pointee.firstLane
        while let lane = next {
            next = lane.pointee.next
            if lane.pointee.saysMuch, let upstream = lane.pointee.client?.pointee.exchange?.pointee.upstream {
                queue(handle(upstream))
            }
        }
    }

    /// The client broke the protocol: what it did wrong is in the last frame.
    private func endBadly(_ client: UnsafeMutablePointer<Client>) {
        sendFrames(client)
        guard client.pointee.multiplex != nil else { return }
        guard client.pointee.stream.pending.isEmpty else { return close(client: client) }
        endMultiplex(client)
        linger(client)
    }

    /// Lets those go on whose bytes have all become frames; they only queue things, or end.
    private func tellDrained() {
        while let client = drained.popLast() {
            guard client.pointee.stream.handle.kind != .dead, client.pointee.stream.pending.isEmpty else { continue }
            clear(&client.pointee.stream.pending)
            client.pointee.stream.handle.isWritable = true
            guard let exchange = client.pointee.exchange else { continue }
            switch client.pointee.phase {
            case .tunneling: queue(handle(client))
            case .serving:
                if exchange.pointee.phase == .flushing {
                    finish(exchange)
                } else {
                    arm(exchange, .silence)
                    if let upstream = exchange.pointee.upstream { queue(handle(upstream)) }
                }
            case .awaiting, .lingering, .multiplexing: break
            }
        }
    }

    /// The router stops: streams that are open finish, then the connection does.
    func leave(_ client: UnsafeMutablePointer<Client>) {
        guard let multiplex = client.pointee.multiplex, !multiplex.pointee.isLeaving else { return }
        multiplex.pointee.isLeaving = true
        multiplex.pointee.session?.goAway()
        queue(handle(client))
    }

    /// The carrier is gone: so are its streams.
    func endMultiplex(_ client: UnsafeMutablePointer<Client>) {
        guard let multiplex = client.pointee.multiplex else { return }
        while let lane = multiplex.pointee.firstLane { free(lane) }
        multiplex.pointee.session = nil
        carriers.remove(client)
        client.pointee.multiplex = nil
        multiplex.deinitialize(count: 1)
        multiplex.deallocate()
    }

    /// Takes a stream out of its connection's list; a client that is still there has lost its other side.
    func free(_ lane: UnsafeMutablePointer<Lane>) {
        let multiplex = lane.pointee.multiplex
        if let previous = lane.pointee.previous {
            previous.pointee.next = lane.pointee.next
        } else {
            multiplex.pointee.firstLane = lane.pointee.next
        }
        if let next = lane.pointee.next { next.pointee.previous = lane.pointee.previous }
        multiplex.pointee.laneCount -= 1
        if let client = lane.pointee.client {
            multiplex.pointee.clientCount -= 1
            client.pointee.lane = nil
            // With its whole answer in frames, it has lost nothing.
            if !lane.pointee.hasSentEnd {
                client.pointee.stream.handle.isBroken = true
                queue(handle(client))
            }
        }
        // Its part of the connection's window is for others.
        multiplex.pointee.session?.consume(lane.pointee.identifier, lane.pointee.input.count)
        clear(&lane.pointee.input)
        clear(&lane.pointee.tail)
        lane.deinitialize(count: 1)
        lane.deallocate()
    }
}
