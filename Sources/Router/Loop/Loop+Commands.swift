internal import CPosix
internal import Model

/// What the control side asks for.
extension Loop {
    func receiveCommands() {
        let commands = inbox.takeAll()
        // Of several the last one counts: changes that come faster than they can be followed must not hold up requests.
        let lastSecure = commands.lastIndex { if case .secure = $0 { true } else { false } }
        for (index, command) in commands.enumerated() {
            switch command {
            case .listen(let more):
                places += more
                if hasTable { listen() }
            case .install(let table, let names, let done):
                install(table, names)
                done()
            case .drain(let dynos, let done):
                drainWatches.append(DrainWatch(dynos: Set(dynos), done: done))
                reviewDrains()
            case .activity(let dynos, let answer): answer(idleTimes(of: dynos))
            case .secure(let material): if index == lastSecure { secure(with: material) }
            case .report(let done):
                records.hand(to: outlet, now: now)
                done()
            case .stop: stop()
            }
        }
    }

    /// Replaces the table, lets go of dynos that left it, and looks again at every held request.
    private func install(_ new: RoutingTable, _ names: HostNames) {
        var listed: [DynoID: UnsafeMutablePointer<Backend>] = [:]
        table = CompiledTable(new, names: names) { backend in
            if let known = listed[backend.id] { return known }
            let made = self.known(backend) ?? Backend.make(backend, below: self.settings.socketFolder, now: now)
            if let made { listed[backend.id] = made }
            return made
        }
        for (id, backend) in backends where listed[id] != backend { delist(backend) }
        backends = listed
        reviewHeld()
        reviewDrains()
        hasTable = true
        listen()
    }

    /// The backend of the table before, when it is still at the same place.
    private func known(_ backend: RoutingTable.Backend) -> UnsafeMutablePointer<Backend>? {
        guard let known = backends[backend.id], known.pointee.place == backend.endpoint else { return nil }
        return known
    }

    /// Its requests in flight finish; its idle connections close now.
    private func delist(_ backend: UnsafeMutablePointer<Backend>) {
        backend.pointee.isListed = false
        while let upstream = backend.pointee.idle { discard(upstream) }
        if backend.pointee.inFlight == 0 { Backend.free(backend) } else { delisted.insert(backend) }
    }

    /// One request fewer is on `backend`.
    @inline(__always)
    func leave(_ backend: UnsafeMutablePointer<Backend>) {
        backend.pointee.inFlight &-= 1
        backend.pointee.lastUsed = now
        if backend.pointee.inFlight == 0, !backend.pointee.isListed || !drainWatches.isEmpty { hasDrained(backend) }
    }

    @inline(never)
    private func hasDrained(_ backend: UnsafeMutablePointer<Backend>) {
        if !backend.pointee.isListed {
            delisted.remove(backend)
            Backend.free(backend)
        }
        reviewDrains()
    }

    private func reviewDrains() {
        guard !drainWatches.isEmpty else { return }
        var busy = Set(delisted.map(\.pointee.id))
        for (id, backend) in backends where backend.pointee.inFlight > 0 { busy.insert(id) }
        let finished = drainWatches.filter { $0.dynos.isDisjoint(with: busy) }
        drainWatches.removeAll { $0.dynos.isDisjoint(with: busy) }
        for watch in finished { watch.done() }
    }

    private func idleTimes(of dynos: [DynoID]) -> [UInt64] {
        let leaving = Set(delisted.map(\.pointee.id))
        return dynos.map { id in
            if leaving.contains(id) { return 0 }
            guard let backend = backends[id] else { return .max }
            return backend.pointee.inFlight > 0 ? 0 : max(1, now &- backend.pointee.lastUsed)
        }
    }

    /// Takes no more connections; those without a request close, the others after their answer.
    private func stop() {
        guard !isStopping else { return }
        isStopping = true
        stopAt = now &+ settings.grace.milliseconds
        for listener in listeners {
            _ = cpx_loop_remove(epoll, listener.pointee.handle.descriptor)
            // An event of it may be waiting behind the one that brought this command.
            listener.pointee.handle.kind = .dead
            graveyard.append(UnsafeMutableRawPointer(listener).assumingMemoryBound(to: Handle.self))
        }
        listeners = []
        hasPausedAccepting = false
        for carrier in carriers { leave(carrier) }
        while let idle = timers[Int(TimerQueue.Name.idleClient.rawValue)].first {
            close(client: UnsafeMutableRawPointer(idle).assumingMemoryBound(to: Client.self))
        }
    }
}
