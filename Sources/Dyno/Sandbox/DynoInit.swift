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
    let plan: LaunchPlan
    let folder: RunFolder
    /// To the shim; blocking.
    let control: Int32
    /// The dyno's standard input and output; -1 where a terminal takes their place.
    let input: Int32
    let output: Int32
    /// Stays open, so that the shim's lock holds as long as anything of the dyno lives.
    let lock: Int32

    private var decoder = FrameDecoder()
    private var command: Int32 = -1
    private var hasEnded = false
    private var isStopping = false

    init(plan: LaunchPlan, folder: RunFolder, control: Int32, input: Int32, output: Int32, lock: Int32) {
        self.plan = plan
        self.folder = folder
        self.control = control
        self.input = input
        self.output = output
        self.lock = lock
    }

    /// Never returns: this process is the dyno's now.
    mutating func run() -> Never {
        do {
            try keepOnly([control, input, output, lock])
            if plan.level.hasProcessNamespace {
                try step(cpx_die_with_parent(SIGKILL), "prctl")
            } else {
                try step(cpx_adopt_orphans(), "prctl")
            }
            guard try nextOrder() == .go else { cpx_exit(1) }
            if plan.level != .l3 { try DynoRoot(plan: plan, folder: folder).enter() }
            try start()
        } catch {
            tell(.failed(error))
            cpx_exit(1)
        }
        serve()
    }

    private mutating func start() throws(LaunchFailure) {
        var input = input
        var output = output
        var mainEnd: Int32 = -1
        var isTerminal = false
        if case .terminal(let rows, let columns) = plan.streams {
            var dynoEnd: Int32 = -1
            try step(
                cpx_open_terminal("/dev/ptmx", Int32(clamping: rows), Int32(clamping: columns), &mainEnd, &dynoEnd),
                "open a terminal")
            if geteuid() == 0 { _ = cpx_give(dynoEnd, plan.userID, plan.groupID) }
            let frame = InitNews.terminal.frame.bytes
            guard cpx_send_with_fds(control, frame, frame.count, [mainEnd], 1) == frame.count else {
                throw LaunchFailure(step: "pass the terminal on", code: errno)
            }
            input = dynoEnd
            output = dynoEnd
            isTerminal = true
        }
        var report: [Int32] = [-1, -1]
        try step(pipe(&report), "pipe")
        let payload = Payload(plan: plan, folder: folder, input: input, output: output, isTerminal: isTerminal)
        let process = cpx_fork()
        try step(process, "fork")
        if process == 0 { payload.run(report: report[1]) }
        command = process
        for number in Set([report[1], input, output, mainEnd]) where number >= 0 { close(number) }
        if let failure = Self.readFailure(report[0]) { throw failure }
        close(report[0])
        // What it needs from here on is to signal processes of the app's user.
        _ = cpx_drop_capabilities_but_kill()
        tell(.launched)
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
        while true {
            reap()
            leaveIfDone()
            var polls = [
                pollfd(fd: control, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polls, 2, -1) >= 0 else { continue }
            while case let number = cpx_read_signal(signals), number != 0 {
                // From the app itself, which may ask its first process to end the dyno.
                if number == SIGTERM { signalAll(SIGTERM) }
            }
            if polls[0].revents != 0 { obey() }
        }
    }

    private mutating func obey() {
        guard let order = try? nextOrder() else {
            // The shim is gone, so nobody watches over the dyno any more.
            end()
        }
        switch order {
        case .go: break
        case .signal(let number): signalAll(number)
        case .terminate:
            isStopping = true
            signalAll(SIGTERM)
        case .kill: killAll()
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
            guard process == command else { continue }
            hasEnded = true
            tell(.ended(signal != 0 ? .signal(signal) : .code(code)))
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
            for process in ProcessTree.descendants(of: getpid()) { kill(process, number) }
        }
    }

    // MARK: Talking

    private mutating func nextOrder() throws(LaunchFailure) -> InitOrder {
        while true {
            do {
                if let frame = try decoder.next() { return try InitOrder(frame) }
            } catch { throw LaunchFailure(step: "understand the shim", code: 0) }
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = read(control, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw LaunchFailure(step: "hear from the shim", code: count < 0 ? errno : 0) }
            decoder.append(Array(buffer.prefix(count)))
        }
    }

    private func tell(_ news: InitNews) {
        let bytes = news.frame.bytes
        _ = bytes.withUnsafeBytes { send(control, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private func keepOnly(_ numbers: [Int32]) throws(LaunchFailure) {
        var first: UInt32 = 3
        for number in Set(numbers).filter({ $0 >= 3 }).sorted() {
            if UInt32(number) > first { try step(cpx_close_range(first, UInt32(number) - 1), "close_range") }
            first = UInt32(number) + 1
        }
        try step(cpx_close_range(first, UInt32.max), "close_range")
    }
}
