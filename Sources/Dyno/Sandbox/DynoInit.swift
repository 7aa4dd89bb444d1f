internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The dyno's first process: makes its root, starts the command, reaps, passes signals on, and takes everything with
/// it when it goes. In a process namespace it is PID 1, and the kernel does the last part.
///
/// It is not the command itself, since a PID 1 without handlers would not feel a SIGTERM.
struct DynoInit {
    private(set) var plan: LaunchPlan
    private(set) var folder: RunFolder
    /// Whether it makes ready for a dyno that it is told of later.
    let isStandby: Bool
    /// To the shim; blocking.
    let control: Int32
    /// The dyno's standard input and output; -1 where a terminal takes their place.
    let input: Int32
    let output: Int32
    /// Stays open, so that the shim's lock holds as long as anything of the dyno lives.
    let lock: Int32
    /// Where the router asks for sockets of the dyno's own network; -1 when it has none.
    let door: Int32
    /// A network that waits to be joined; -1 when there is none, or this process was made with it.
    let network: Int32

    private var decoder = FrameDecoder()
    /// Descriptors that came from the shim and are not in use yet.
    var received: [Int32] = []
    private var command: Int32 = -1
    /// Commands beside the dyno's own: their numbers by process.
    var executions: [Int32: UInt32] = [:]
    private var hasEnded = false
    private var isStopping = false
    private var listensOnIPv6 = false

    init(
        plan: LaunchPlan, folder: RunFolder, control: Int32, input: Int32, output: Int32, lock: Int32,
        door: Int32 = -1, network: Int32 = -1, isStandby: Bool = false
    ) {
        self.isStandby = isStandby
        self.plan = plan
        self.folder = folder
        self.control = control
        self.input = input
        self.output = output
        self.lock = lock
        self.door = door
        self.network = network
    }

    /// Never returns: this process is the dyno's now.
    mutating func run() -> Never {
        do {
            try Self.keepOnly([control, input, output, lock, door, network])
            if plan.level.hasProcessNamespace {
                try step(cpx_die_with_parent(SIGKILL), "prctl")
            } else {
                try step(cpx_adopt_orphans(), "prctl")
            }
            try step(cpx_leave_keyring(), "leave the owner's keyring")
            guard try nextOrder() == .go else { cpx_exit(1) }
            if network >= 0 {
                try step(cpx_join_network(network), "join its network")
                close(network)
            }
            if plan.level != .l3 { try DynoRoot(plan: plan, folder: folder).lay() }
            if isStandby { try standBy() }
            if plan.level != .l3 { try DynoRoot(plan: plan, folder: folder).enter() }
            if plan.groups != .none { guard try nextOrder() == .counted else { cpx_exit(1) } }
            if plan.network.isOwn { guard try nextOrder() == .connected else { cpx_exit(1) } }
            try start()
        } catch {
            tell(.failed(error))
            cpx_exit(1)
        }
        serve()
    }

    /// Returns when it knows whose first process it is.
    private mutating func standBy() throws(LaunchFailure) {
        tell(.laid)
        guard case .become(let path, let bytes) = try nextOrder() else { cpx_exit(1) }
        folder = RunFolder(path: path)
        ShimTitle.show(folder)
        do { plan = try LaunchPlan(decoding: bytes) } catch {
            throw LaunchFailure(step: "understand the shim", code: 0)
        }
    }

    private mutating func start() throws(LaunchFailure) {
        // The same user's processes are in reach where no namespace hides them.
        if !plan.level.hasProcessNamespace { try step(cpx_keep_signals_inside(), "keep signals inside") }
        var input = input
        var output = output
        var mainEnd: Int32 = -1
        var isTerminal = false
        if case .terminal(let rows, let columns) = plan.streams {
            let terminal = try openTerminal(rows: rows, columns: columns)
            mainEnd = terminal.main
            tell(.terminal, with: mainEnd)
            input = terminal.dyno
            output = terminal.dyno
            isTerminal = true
        }
        let payload = Payload(plan: plan, folder: folder, input: input, output: output, isTerminal: isTerminal)
        command = try spawn(payload)
        for number in [input, output == input ? -1 : output, mainEnd] where number >= 0 { close(number) }
        // What it needs from here on is to signal processes of the app's user and, where that is another one, to
        // become that user in commands beside the dyno's own.
        _ = cpx_drop_bounding_set()
        _ = cpx_drop_capabilities_but_kill(geteuid() == 0 && plan.userID != 0 ? 1 : 0)
        tell(.launched)
    }

    /// A new terminal of the dyno, which its user may open by name.
    func openTerminal(rows: Int, columns: Int) throws(LaunchFailure) -> (main: Int32, dyno: Int32) {
        let isOther = geteuid() == 0 && plan.userID != 0
        // It belongs to whoever opens it.
        if isOther { _ = cpx_act_on_files_as(plan.userID, plan.groupID) }
        defer { if isOther { _ = cpx_act_on_files_as(0, 0) } }
        var mainEnd: Int32 = -1
        var dynoEnd: Int32 = -1
        try step(
            cpx_open_terminal("/dev/ptmx", Int32(clamping: rows), Int32(clamping: columns), &mainEnd, &dynoEnd),
            "open a terminal")
        return (mainEnd, dynoEnd)
    }

    /// - Returns: the process whose `exec` has succeeded.
    func spawn(_ payload: Payload) throws(LaunchFailure) -> Int32 {
        var report: [Int32] = [-1, -1]
        try step(pipe(&report), "pipe")
        let process = cpx_fork()
        let code = errno
        if process == 0 { payload.run(report: report[1]) }
        close(report[1])
        defer { close(report[0]) }
        guard process > 0 else { throw LaunchFailure(step: "fork", code: code) }
        if let failure = Self.readFailure(report[0]) { throw failure }
        return process
    }

    /// The command's `exec` closes the pipe; a step that fails writes into it first.
    private static func readFailure(_ report: Int32) -> LaunchFailure? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(report, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            bytes += buffer.prefix(count)
        }
        guard !bytes.isEmpty else { return nil }
        var reader = ByteReader(bytes)
        return (try? LaunchFailure(from: &reader)) ?? LaunchFailure(step: "start the command", code: 0)
    }

    // MARK: Living

    private mutating func serve() -> Never {
        let signals = cpx_signal_descriptor()
        // After a second in which nothing has happened it gives back what it has used, and waits.
        var isLean = false
        while true {
            reap()
            leaveIfDone()
            var polls = [
                pollfd(fd: control, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
                pollfd(fd: door, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&polls, 3, isLean ? -1 : 1000)
            if count == 0 { cpx_release_memory() }
            isLean = count == 0
            guard count > 0 else { continue }
            while case let number = cpx_read_signal(signals), number != 0 {
                // From the app itself, which may ask its first process to end the dyno.
                if number == SIGTERM { signalAll(SIGTERM) }
            }
            if polls[0].revents != 0 { obey() }
            if polls[2].revents != 0 { _ = cpx_hand_out_sockets(door, listensOnIPv6 ? 1 : 0) }
        }
    }

    private mutating func obey() {
        repeat {
            guard let order = try? nextOrder() else {
                // The shim is gone, so nobody watches over the dyno any more.
                end()
            }
            obey(order)
        } while decoder.hasFrame
    }

    private mutating func obey(_ order: InitOrder) {
        switch order {
        case .go, .counted, .connected, .become: break
        case .listens(let ipv6): listensOnIPv6 = ipv6
        case .signal(let number): signalAll(number)
        case .terminate:
            isStopping = true
            hangUpExecutions()
            signalAll(SIGTERM)
        case .kill: killAll()
        case .execute(let number, let plan): execute(number, plan)
        case .signalExecution(let number, let signal): signalExecution(number, signal)
        }
    }

    /// - Returns: whether a child is left.
    @discardableResult
    private mutating func reap() -> Bool {
        var code: Int32 = 0
        var signal: Int32 = 0
        while true {
            let process = cpx_reap(&code, &signal)
            guard process > 0 else { return process == 0 }
            let ending: Ending = signal != 0 ? .signal(signal) : .code(code)
            if let number = executions.removeValue(forKey: process) { tell(.executed(number: number, ending)) }
            guard process == command else { continue }
            hasEnded = true
            tell(.ended(ending))
        }
    }

    private mutating func leaveIfDone() {
        guard hasEnded else { return }
        // In a stop, the others have as long as the command has.
        if isStopping {
            if !reap() { end() }
            return
        }
        let left = ProcessTree.descendants(of: getpid()).compactMap(ProcessTree.program(of:))
        if !left.isEmpty { tell(.left(left)) }
        end()
    }

    private mutating func end() -> Never {
        if !plan.level.hasProcessNamespace { killTree() }
        cpx_exit(0)
    }

    private mutating func killAll() {
        if plan.level.hasProcessNamespace { kill(-1, SIGKILL) } else { killTree() }
    }

    private mutating func killTree() {
        for _ in 0..<200 {
            ProcessTree.killDescendants()
            guard reap() else { return }
            usleep(1000)
        }
    }

    private func signalAll(_ number: Int32) {
        if plan.level.hasProcessNamespace {
            kill(-1, number)
        } else {
            ProcessTree.signalDescendants(number)
        }
    }

    // MARK: Talking

    private mutating func nextOrder() throws(LaunchFailure) -> InitOrder {
        while true {
            do {
                if let frame = try decoder.next() { return try InitOrder(frame) }
            } catch { throw LaunchFailure(step: "understand the shim", code: 0) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            var descriptors = [Int32](repeating: -1, count: 16)
            var descriptorCount = 0
            let count = cpx_receive_with_fds(control, &buffer, buffer.count, &descriptors, 16, &descriptorCount)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw LaunchFailure(step: "hear from the shim", code: count < 0 ? errno : 0) }
            received += descriptors.prefix(descriptorCount)
            decoder.append(Array(buffer.prefix(count)))
        }
    }

    func tell(_ news: InitNews) {
        let bytes = news.frame.bytes
        _ = bytes.withUnsafeBytes { send(control, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// - Parameter descriptor: goes along; without one it is told alone.
    func tell(_ news: InitNews, with descriptor: Int32?) {
        guard let descriptor else { return tell(news) }
        let bytes = news.frame.bytes
        // When it cannot be passed, the shim has gone or has no descriptor left; the command then has no reader.
        _ = cpx_send_with_fds(control, bytes, bytes.count, [descriptor], 1)
    }

    static func keepOnly(_ numbers: [Int32]) throws(LaunchFailure) {
        var first: UInt32 = 3
        for number in numbers.filter({ $0 >= 3 }).sorted() {
            // One that stands there twice has been passed.
            guard UInt32(number) >= first else { continue }
            if UInt32(number) > first { try step(cpx_close_range(first, UInt32(number) - 1), "close_range") }
            first = UInt32(number) + 1
        }
        try step(cpx_close_range(first, UInt32.max), "close_range")
    }
}
