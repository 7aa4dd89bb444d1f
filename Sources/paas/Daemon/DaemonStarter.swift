import APIClient
import APISchema
import Console
import Posix

/// Finds the daemon of a home, and starts it when it is not running.
struct DaemonStarter: Sendable {
    let home: PlatformHome
    /// For `paas up --port`.
    var port: Int?
    /// For `paas up --proxy-port`.
    var proxyPort: Int?

    /// For a daemon that somebody has just told to stop, and that is on its way.
    private static let patience = Duration.seconds(10)
    /// For a daemon that has the home: one that starts adopts what runs, one that stops gives its dynos their grace.
    private static let longPatience = Duration.seconds(120)

    init(home: PlatformHome, port: Int? = nil, proxyPort: Int? = nil) {
        self.home = home
        self.port = port
        self.proxyPort = proxyPort
    }

    /// Calls that reach the daemon; a daemon older than this program is replaced at the first call, and its dynos
    /// run on meanwhile.
    func client() async throws -> PlatformClient {
        try await ensure()
        return PlatformClient(
            socketPath: home.socket, reactor: try Reactor(), renew: { try await replace() },
            revive: { try await ensure() })
    }

    /// Returns when a daemon answers.
    ///
    /// Kept whole: the optimizer of Swift 6.3 crashes where this is made part of ``client()``.
    @inline(never)
    private func ensure() async throws {
        try await settle()
        if !isRunning { try await start() }
    }

    /// As ``client()``, but `nil` when nothing runs, and nothing is replaced.
    func runningClient() throws -> PlatformClient? { isRunning ? try plainClient() : nil }

    /// What a daemon that runs says of itself; `nil` for none. One that was killed takes connections a little longer than
    /// it lives.
    func runningStatus() async throws -> Status? {
        let deadline = ContinuousClock.now + .seconds(2)
        while let platform = try runningClient() {
            do { return try await platform.status() } catch {
                guard !(error is APIFailure), !(error is PlatformHangs), ContinuousClock.now < deadline else {
                    throw error
                }
            }
            try await Task.sleep(for: .milliseconds(10))
            try await settle()
        }
        return nil
    }

    /// Whether somebody takes connections on the socket.
    var isRunning: Bool {
        do {
            _ = try UnixSocket.connect(to: home.socket)
            return true
        } catch {
            // A full queue is a running daemon, too.
            return error.isAgain
        }
    }

    /// The process that listens on the socket.
    var daemonProcess: Int32? {
        guard let connection = try? UnixSocket.connect(to: home.socket) else { return nil }
        return try? UnixSocket.peer(of: connection).processID
    }

    /// Ends the daemon's process at once, as a crash would; its dynos run on.
    func killDaemon() async throws {
        guard let pid = daemonProcess else { return }
        try Subprocess.kill(pid)
        while daemonProcess == pid { try await Task.sleep(for: .milliseconds(5)) }
        try await waitForEnd()
    }

    /// Whether a daemon that was killed left things behind: one that stops takes its sockets away.
    var hasLeftovers: Bool { FileTree.exists(home.socket) || FileTree.exists(home.routerSocket) }

    /// Waits while a daemon has the home and does not answer: it is about to, or it is stopping.
    func settle() async throws {
        let deadline = ContinuousClock.now + Self.longPatience
        while !isRunning, isTaken, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Whether a daemon has the home, answering or not.
    private var isTaken: Bool {
        // One that cannot be looked at is found out about by who starts a daemon.
        (try? FileLock.isHeld(home.lock)) ?? false
    }

    private func plainClient() throws -> PlatformClient {
        PlatformClient(socketPath: home.socket, reactor: try Reactor())
    }

    private func replace() async throws {
        try await plainClient().shutDown(keepingDynos: true)
        try await waitForEnd()
        try await start()
    }

    /// Returns when the daemon's process has ended, which has just been asked to.
    func waitForEnd() async throws {
        let deadline = ContinuousClock.now + Self.patience
        while try FileLock.isHeld(home.lock) {
            guard ContinuousClock.now < deadline else {
                throw Failure("The daemon was told to stop, but is still there.", mend: ["paas status"])
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Starts the daemon and returns when it answers; where another command was faster, when that one's does.
    func start() async throws {
        let deadline = ContinuousClock.now + Self.longPatience
        while true {
            let logStart = Self.size(of: home.log)
            let pid = try launch()
            switch try await outcome(of: pid, until: deadline) {
            case .answers: return
            // Another's daemon had the home, and has gone again.
            case .hadNoHome where ContinuousClock.now < deadline: continue
            case .hadNoHome, .isSilent: throw notStarted(hasEnded: false, logStart: logStart)
            case .hasEnded: throw notStarted(hasEnded: true, logStart: logStart)
            }
        }
    }

    private func launch() throws -> Int32 {
        let daemon = try Self.program()
        do {
            try FileTree.makeFolder(home.path)
        } catch {
            throw FullDisk.failure(at: home.path, error)
                ?? Failure(
                    "Couldn't make the platform's home: \(error)",
                    mend: ["Set PAAS_HOME to a folder that you may write"])
        }
        do {
            return try Subprocess.startDetached(daemon, arguments: arguments, environment: environment, log: home.log)
        } catch {
            throw FullDisk.failure(at: home.path, error)
                ?? Failure(
                    "Couldn't start the platform: \(error)", mend: ["Set PAAS_HOME to a folder that you may write"])
        }
    }

    /// Becomes the daemon.
    func becomeDaemon() throws -> Never {
        try FileTree.makeFolder(home.path)
        throw Subprocess.become(try Self.program(), arguments: arguments, environment: environment)
    }

    private var arguments: [String] {
        ["--home", home.path] + (port.map { ["--port", String($0)] } ?? [])
            + (proxyPort.map { ["--proxy-port", String($0)] } ?? [])
    }

    /// Git's variables would send the daemon's own repositories astray when a hook starts it.
    private var environment: [String: String] { Environment.all.filter { !$0.key.hasPrefix("GIT_") } }

    /// `PAAS_DAEMON`, else the `paasd` beside this program.
    private static func program() throws(Failure) -> String {
        if let daemon = Environment.nonEmpty("PAAS_DAEMON") { return daemon }
        let folder = Environment.executable.flatMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } }
        let daemon = "\(folder ?? ".")/paasd"
        guard FileTree.exists(daemon) else {
            throw Failure(
                "The platform's daemon is missing: there is no \(daemon).",
                mend: ["make install", "Or set PAAS_DAEMON to the path of paasd"])
        }
        return daemon
    }

    /// What has become of a daemon that was started.
    private enum Outcome { case answers, hadNoHome, hasEnded, isSilent }

    private func outcome(of pid: Int32, until deadline: ContinuousClock.Instant) async throws -> Outcome {
        var end: Subprocess.End?
        while !isRunning {
            if end == nil { end = try Subprocess.endIfEnded(pid) }
            // As long as somebody has the home, it is about to answer, or to leave it.
            if let end, !isTaken, !isRunning { return end == .code(DaemonExit.homeIsTaken) ? .hadNoHome : .hasEnded }
            guard ContinuousClock.now < deadline else { return .isSilent }
            try await Task.sleep(for: .milliseconds(4))
        }
        return .answers
    }

    /// No file: nothing in it.
    private static func size(of file: String) -> Int { (try? FileTree.read(file).count) ?? 0 }

    private func notStarted(hasEnded: Bool, logStart: Int) -> Failure {
        // On a full disk the daemon cannot even write down why it ended.
        if hasEnded, let failure = FullDisk.failure(at: home.path) { return failure }
        let why =
            hasEnded ? "its daemon ended" : "its daemon did not answer within \(Self.longPatience.components.seconds) s"
        var message = "Couldn't start the platform: \(why)."
        if let log = try? FileTree.read(home.log) {  // No log: nothing to show.
            let lines = String(decoding: log.dropFirst(logStart), as: UTF8.self).split(separator: "\n").suffix(10)
            if !lines.isEmpty { message += "\n\nThe end of \(home.log):\n\(lines.joined(separator: "\n"))" }
        }
        return Failure(message, mend: ["paas doctor", "paas up --foreground"])
    }
}
