internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The parent of one dyno: one thread that waits for its output, its end, and whoever asks for either.
final class Shim {
    let plan: LaunchPlan
    let folder: RunFolder
    let preparation: Preparation
    var spool: SpoolWriter
    var dyno: DynoProcess
    var clients: [ShimClient]
    private let listener: Descriptor
    private let signals: Descriptor
    private var news = FrameDecoder()
    var portWatch: PortWatch?
    private var closesInput = false
    private let group: ControlGroup?
    /// The dyno's own file system, where it has one.
    private let disk: ScratchMount?
    var limits: LimitsWatch?

    var hasLaunched = false
    var bound: (address: String, port: UInt16)?
    var thief: PortThief?
    private var failure: LaunchFailure?
    /// How the command ended, once its first process has said so.
    private var ending: Ending?
    private var killAt: UInt64?
    /// How long the stop that ends at ``killAt`` lets the dyno finish.
    private var graceNanoseconds: UInt64 = 0
    /// Somebody has asked it to stop: what it does from then on needs no explanation.
    var isStopping = false
    private var wasKilled = false
    /// When not to wait for more output any longer: everything of the dyno has gone.
    var drainUntil: UInt64?
    private var record: ExitRecord?
    private var isReleased = false
    /// The last wait ended with its time.
    private var hasRested = false
    /// The number of the last command beside the dyno's own.
    var lastExecution: UInt32 = 0
    /// Whether the dyno runs and is not known to end.
    var isLiving: Bool { hasLaunched && ending == nil && drainUntil == nil && record == nil }

    /// Starts the dyno.
    ///
    /// - Parameter standby: a sandbox that was made ready for it.
    init(
        plan: LaunchPlan, folder: RunFolder, lock: borrowing Descriptor, daemon: ShimClient, standby: Standby? = nil
    ) throws(LaunchFailure) {
        let group = standby.map(\.group) ?? ControlGroup(plan.groups, quota: plan.quota, folder: folder)
        var plan = plan
        // Where it cannot be had after all, the other means take its place.
        if group == nil { plan.groups = .none }
        disk = standby.map { $0.disk?.moved(to: folder) } ?? (plan.hasOwnDisk ? ScratchMount(at: folder) : nil)
        plan.hasOwnDisk = disk != nil
        self.plan = plan
        self.group = group
        self.folder = folder
        clients = [daemon]
        preparation = Preparation(plan: plan, folder: folder)
        do {
            signals = Descriptor(owning: try posix(cpx_signal_descriptor(), "signalfd"))
            spool = try SpoolWriter(folder: folder.spool)
            listener = try UnixSocket.listen(at: folder.socket)
        } catch { throw LaunchFailure(error) }
        do {
            try preparation.run()
            if let standby {
                dyno = try standby.become(plan, in: folder)
            } else {
                dyno = try DynoProcess(plan: plan, folder: folder, lock: lock, group: group)
            }
        } catch {
            if let standby { standby.discard() } else { group?.remove() }
            throw error
        }
        daemon.tell(.hello(version: ShimRequest.version, shim: getpid()))
    }

    /// Until the dyno has ended and everybody knows.
    func run() -> Int32 {
        while !isDone { turn() }
        for client in clients { client.flush() }
        return 0
    }

    /// The exit file and the spool stay; a daemon that comes later reads them without a shim.
    private var isDone: Bool { failure != nil || isReleased || (record != nil && clients.isEmpty) }

    // MARK: The loop

    private func turn() {
        var polls: [pollfd] = []
        func watch(_ descriptor: Int32, _ events: Int32) -> Int? {
            guard descriptor >= 0, events != 0 else { return nil }
            polls.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
            return polls.count - 1
        }
        let signalAt = watch(signals.raw, POLLIN)
        let listenerAt = watch(listener.raw, POLLIN)
        let controlAt = watch(controlIsOpen ? dyno.control.raw : -1, POLLIN)
        let outputAt = watch(isHeldBack ? -1 : dyno.output.raw, POLLIN)
        let inputAt = watch(writer == nil ? -1 : dyno.input.raw, POLLOUT)
        let clientsAt = clients.map { watch($0.descriptor.raw, POLLIN | ($0.wantsToWrite ? POLLOUT : 0)) }
        let executionsAt = clients.map { client -> (output: Int?, input: Int?) in
            guard let execution = client.execution else { return (nil, nil) }
            return (
                watch(execution.isHeldBack(client) ? -1 : execution.output.raw, POLLIN),
                watch(client.input.isEmpty ? -1 : execution.input.raw, POLLOUT)
            )
        }
        let wait = timeout
        // Nothing has come, and nothing is due soon: a hundred shims that wait are to weigh little.
        if hasRested, wait < 0 || wait >= 500 { cpx_release_memory() }
        let count = poll(&polls, nfds_t(polls.count), wait)
        guard count >= 0 else { return }
        hasRested = count == 0
        func isReady(_ index: Int?) -> Bool { index.map { polls[$0].revents != 0 } ?? false }

        if isReady(controlAt) { hearNews() }
        if isReady(outputAt) { readOutput() }
        if isReady(inputAt) { writeInput() }
        for (client, index) in zip(clients, executionsAt) {
            if isReady(index.output) { client.execution?.readOutput(for: client) }
            if isReady(index.input) { writeInput(of: client) }
        }
        for (client, index) in zip(clients, clientsAt) where isReady(index) { serve(client) }
        if isReady(listenerAt) { accept() }
        if isReady(signalAt) { readSignals() }
        tendTimers()
        hangUpLostExecutions()
        clients.removeAll { !$0.isOpen }
    }

    private var timeout: Int32 {
        let now = Moment.monotonicNanoseconds
        let watching = isWatching ? portWatch?.nextLook : nil
        let measuring = drainUntil == nil ? limits?.nextLook : nil
        let draining = clients.compactMap(\.execution).filter { !$0.hasFinished }.compactMap(\.drainUntil).min()
        guard let next = [killAt, drainUntil, watching, measuring, draining].compactMap({ $0 }).min() else { return -1 }
        return next <= now ? 0 : Int32(clamping: (next - now + 999_999) / 1_000_000)
    }

    private func tendTimers() {
        let now = Moment.monotonicNanoseconds
        if isWatching, let watch = portWatch, now >= watch.nextLook { lookAtPort(now) }
        if drainUntil == nil, let next = limits?.nextLook, now >= next { act(on: limits?.look(now: now) ?? [], now) }
        if let killAt, now >= killAt { kill(now) }
        finishExecutions(now: now)
        if let drainUntil, record == nil, now >= drainUntil || dyno.output.raw < 0 { finish() }
    }

    func broadcast(_ report: ShimReport) {
        for client in clients where client.execution == nil { client.tell(report) }
    }

    // MARK: The dyno

    private var controlIsOpen = true

    private func hearNews() {
        do {
            let (bytes, descriptors) = try UnixSocket.receive(atMost: 65_536, from: dyno.control)
            if bytes.isEmpty { controlIsOpen = false }
            news.append(bytes)
            var terminals = descriptors[...]
            while let frame = try news.next() {
                switch try InitNews(frame) {
                case .terminal: if let main = terminals.popFirst() { take(terminal: main) }
                case .launched:
                    hasLaunched = true
                    limits = LimitsWatch(
                        plan: plan, folder: folder, first: dyno.process, group: group,
                        now: Moment.monotonicNanoseconds)
                    portWatch = plan.port.map {
                        PortWatch(
                            port: $0, acceptsLoopback: plan.acceptsLoopback, now: Moment.monotonicNanoseconds,
                            network: plan.network.isOwn ? dyno.process : nil, outside: plan.outsideAddresses)
                    }
                    broadcast(.launched)
                case .failed(let failure): fail(failure)
                case .ended(let ending): self.ending = ending
                case .executing(let number, let hasTerminal):
                    hasStarted(execution: number, terminal: hasTerminal ? terminals.popFirst() : nil)
                case .notExecuted(let number, let failure): hasFailed(execution: number, failure)
                case .executed(let number, let ending): hasEnded(execution: number, ending)
                case .left(let programs): tell(left: programs)
                case .laid: break
                }
            }
        } catch { controlIsOpen = false }
    }

    private func take(terminal: Int32) {
        _ = fcntl(terminal, F_SETFL, O_RDWR | O_NONBLOCK)
        dyno.output = Descriptor(owning: terminal)
        if let second = try? dyno.output.duplicate().release() { dyno.input = Descriptor(owning: second) }
    }

    private func fail(_ failure: LaunchFailure) {
        broadcast(.failed(failure))
        self.failure = failure
        Glibc.kill(dyno.process, SIGKILL)
        group?.remove()
        preparation.undo()
    }

    /// A slow client of an interactive dyno holds it back, as a terminal would; a logged one is never held back.
    private var isHeldBack: Bool {
        guard plan.streams != .logged, let slowest = readers.min() else { return false }
        return spool.position > slowest + 4_194_304
    }

    private var readers: [UInt64] { clients.filter { $0.execution == nil }.compactMap(\.hasRead) }

    private func readOutput() {
        for _ in 0..<16 where dyno.output.raw >= 0 {
            do {
                guard let bytes = try dyno.output.readIfReady(atMost: 65_536) else { break }
                // A terminal that nobody holds any more answers EIO instead of an end.
                if bytes.isEmpty { dyno.output = Descriptor(owning: -1) } else { spool.append(bytes) }
            } catch { dyno.output = Descriptor(owning: -1) }
        }
        broadcast(.output(position: spool.position))
    }

    /// The client whose input is next.
    private var writer: ShimClient? { clients.first { $0.execution == nil && !$0.input.isEmpty } }

    private func writeInput() {
        guard let writer else { return }
        let count = writer.input.withUnsafeBytes { write(dyno.input.raw, $0.baseAddress, $0.count) }
        if count >= 0 {
            writer.took(count)
        } else if errno != EAGAIN, errno != EINTR {
            closeInput()
        }
        closeInputIfDone()
    }

    private func closeInputIfDone() {
        if closesInput, writer == nil { closeInput() }
    }

    private func closeInput() {
        dyno.input = Descriptor(owning: -1)
        // Nobody reads any more: who waits for room has waited long enough.
        for client in clients where client.execution == nil { client.took(client.input.count) }
    }

    private func readSignals() {
        while case let number = cpx_read_signal(signals.raw), number != 0 {
            if number == SIGTERM { stop(graceNanoseconds: 10_000_000_000) }
        }
        var code: Int32 = 0
        var signal: Int32 = 0
        while case let process = cpx_reap(&code, &signal), process > 0 {
            if process == dyno.process {
                lostFirstProcess()
            } else if process == dyno.network?.keeper {
                lostWayOut()
            }
        }
    }

    private func lostFirstProcess() {
        while controlIsOpen { hearNews() }
        // Without a process namespace the kernel leaves the others alive.
        if !plan.level.hasProcessNamespace { ProcessTree.killDescendants() }
        if ending == nil, failure == nil, !hasLaunched { fail(LaunchFailure(step: "start the dyno", code: 0)) }
        killAt = nil
        endExecutions()
        dyno.network?.close()
        drainUntil = Moment.monotonicNanoseconds + 200_000_000
    }

    /// Connections through it are lost; the next ones find a new one.
    private func lostWayOut() {
        guard drainUntil == nil, failure == nil else { return }
        let process = dyno.process
        do {
            try dyno.network?.reconnect(process, plan: plan, folder: folder)
            note("its network lost its way out (pasta ended) and has a new one")
        } catch { note("its network has no way out any more: \(error)") }
    }

    private func stop(graceNanoseconds: UInt64) {
        guard drainUntil == nil else { return }
        isStopping = true
        let deadline = Moment.monotonicNanoseconds &+ graceNanoseconds
        if deadline < killAt ?? .max {
            killAt = deadline
            self.graceNanoseconds = graceNanoseconds
        }
        dyno.order(.terminate)
    }

    func kill(_ now: UInt64) {
        if !wasKilled, graceNanoseconds > 0 {
            // Said here, so that it is said when the daemon is away, and before the end.
            note(RuntimeFault.exitTimeout.line(seconds: Int(graceNanoseconds / 1_000_000_000)))
            note("Stopping remaining processes with SIGKILL")
        }
        if plan.level.hasProcessNamespace || wasKilled {
            Glibc.kill(dyno.process, SIGKILL)
        } else {
            dyno.order(.kill)
        }
        wasKilled = true
        killAt = now + 1_000_000_000
    }

    private func finish() {
        readOutput()
        act(on: limits?.lookBack(now: Moment.monotonicNanoseconds) ?? [], nil)
        let ending = ending ?? .signal(SIGKILL)
        let record = ExitRecord(
            ending: ending, wasKilled: wasKilled, time: Timestamp(microseconds: Moment.realtimeMicroseconds),
            position: spool.position)
        if bound == nil, !isStopping { tellThief() }
        // When they cannot be stored, those who are here are told of the end all the same.
        try? lostFiles?.store(in: folder)
        try? record.store(in: folder)
        self.record = record
        drainUntil = nil
        broadcast(.output(position: spool.position))
        broadcast(.ended(record))
        preparation.undo()
        group?.remove()
        disk?.discard()
        // What cannot be removed now is removed with the run folder.
        try? FileTree.remove(folder.scratch)
    }

    // MARK: Clients

    private func accept() {
        let connection = cpx_accept(listener.raw)
        guard connection >= 0 else { return }
        let descriptor = Descriptor(owning: connection)
        guard let peer = try? UnixSocket.peer(of: descriptor), peer.userID == geteuid() || peer.userID == 0 else {
            return
        }
        let client = ShimClient(descriptor)
        clients.append(client)
        client.tell(.hello(version: ShimRequest.version, shim: getpid()))
        if hasLaunched { client.tell(.launched) }
        if let bound { client.tell(boundReport(bound.address, bound.port)) }
        if let thief { client.tell(.portTaken(thief)) }
        client.tell(.output(position: spool.position))
        if let record { client.tell(.ended(record)) }
    }

    private func serve(_ client: ShimClient) {
        client.flush()
        client.tell(.output(position: spool.position))
        for request in client.requests() {
            if let execution = client.execution {
                serve(execution, of: client, request)
                continue
            }
            switch request {
            case .hello, .launch, .prepare, .become: break
            case .signal(let number): if (1...64).contains(number) { dyno.order(.signal(number)) }
            case .stop(let grace): stop(graceNanoseconds: UInt64(grace) * 1_000_000)
            case .input(let bytes):
                client.add(input: bytes)
                if dyno.input.raw < 0 || closesInput { client.took(bytes.count) }
            case .closeInput:
                closesInput = true
                closeInputIfDone()
            case .resize(let rows, let columns):
                if case .terminal = plan.streams {
                    _ = cpx_resize_terminal(dyno.output.raw, Int32(rows), Int32(columns))
                }
            case .hasRead(let position): client.hasRead = position
            case .release: if record != nil { isReleased = true }
            case .execute(let plan): execute(plan, for: client)
            }
        }
    }
}
