internal import CPosix
package import Model
package import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The daemon's hand on the router: starts or adopts it, tells it tables, hears what it reports, and starts it again
/// when it dies.
///
/// The daemon holds the listeners too, so that a connection made while there is no router waits in the backlog.
package actor RouterControl {
    private let controlSocket: String
    private let program: String
    private let logFile: String
    private let user: UInt32?
    private let reactor: Reactor
    private let reports: AsyncStream<RouterEvent>.Continuation
    package nonisolated let events: AsyncStream<RouterEvent>

    private var listeners: [RouterListener] = []
    private var table: RoutingTable?
    private var tls: TLSMaterial?
    private var link: ControlLink?
    private var routerID: Int32?
    /// Set when this daemon started it and so has to take its end.
    private var processEnd: ProcessEnd?
    private var isStopping = false
    private var supervision: Task<Void, Never>?
    private var nextToken: UInt64 = 1
    private var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// Answers to questions about activity that nobody has read yet.
    private var activity: [UInt64: [UInt64]] = [:]
    /// The last table's way to a new router, and the questions that the old one left open.
    private var recovery: (token: UInt64, tokens: [UInt64])?

    /// Reports that wait for whoever reads ``events``; one has at most a block of access records.
    private static let reportLimit = 2000

    /// - Parameters:
    ///   - controlSocket: where the router listens for daemons.
    ///   - program: the path of `paas-router`.
    ///   - logFile: takes the router's own complaints; made if absent.
    ///   - user: whom a router that root starts becomes; `nil`: it stays who this process is.
    package init(controlSocket: String, program: String, logFile: String, user: UInt32? = nil, reactor: Reactor) {
        self.controlSocket = controlSocket
        self.program = program
        self.logFile = logFile
        self.user = user
        self.reactor = reactor
        (events, reports) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.reportLimit))
    }

    /// Adopts a living router (and gets its listeners back) or starts one with the listeners that `open` makes.
    ///
    /// - Throws: what `open` throws; ``RouterFailure`` when the program does not run.
    package func start(open: @Sendable () throws -> [RouterListener]) async throws -> [RouterListener] {
        var input = ControlInput()
        if let adopted = try? ControlLink(connectingTo: controlSocket, reactor: reactor) {  // Else there is none.
            if try await greet(adopted, &input) == ControlMessage.version {
                if listeners.isEmpty {
                    listeners = try open()
                    try handListeners(over: adopted)
                }
                link = adopted
            } else {
                // Another version: it ends when its requests are done, and its listeners go on with a new one.
                adopted.send(.stop)
                let writing = Task { await adopted.writeQueued() }
                await waitForEnd(limit: .seconds(8))
                writing.cancel()
                adopted.close()
                input = ControlInput()
            }
        }
        if link == nil {
            if listeners.isEmpty { listeners = try open() }
            link = try await launch(&input)
        }
        let first = PendingInput(input)
        supervision = Task { await self.supervise(first) }
        return listeners
    }

    /// Has this router, and those that take its place, speak TLS.
    package func secure(with material: TLSMaterial) {
        tls = material
        link?.send(.secure(material))
    }

    /// Has the router show these certificates, and no others of people's own; served as soon as a table that is
    /// installed after it.
    package func present(_ certificates: [TLSMaterial.Own]) {
        tls?.certificates = certificates
        if let tls { link?.send(.secure(tls)) }
    }

    /// Returns once every loop of the router serves the table; at once when the router is being stopped.
    package func install(_ table: RoutingTable) async {
        self.table = table
        await ask { .install(token: $0, table) }
    }

    /// Returns when none of the dynos has a request in flight, or when `limit` has passed.
    package func drain(_ dynos: [DynoID], limit: Duration) async {
        guard !dynos.isEmpty else { return }
        let token = nextToken
        let timer = Task {
            try? await Task.sleep(for: limit)  // Cancelled: the answer came first.
            self.answered(token)
        }
        await ask { .drain(token: $0, dynos) }
        timer.cancel()
    }

    /// How long each dyno has been without a request; zero for one that has a request in flight, and for all of them
    /// when the router cannot say.
    ///
    /// A dyno that the router has not been told of has never had one.
    package func idleTimes(of dynos: [DynoID]) async -> [Duration] {
        guard !dynos.isEmpty else { return [] }
        let token = await ask { .activity(token: $0, dynos) }
        guard let times = activity.removeValue(forKey: token), times.count == dynos.count else {
            return dynos.map { _ in .zero }
        }
        return times.map { .milliseconds(Int64(clamping: $0)) }
    }

    /// Returns when every request that is over has its line in ``events``, and whoever reads those has read it; or when
    /// `limit` has passed.
    package func catchUp(limit: Duration) async {
        let token = nextToken
        let timer = Task {
            try? await Task.sleep(for: limit)  // Cancelled: the answer came first.
            self.answered(token)
        }
        await ask { .report(token: $0) }
        timer.cancel()
    }

    /// The reader of ``events`` has come to this mark.
    package func caughtUp(_ token: UInt64) { answered(token) }

    package func processID() -> Int32? { routerID }

    /// Whose rights the router has, as the kernel says.
    package func userID() -> UInt32? {
        guard let routerID, let status = try? FileTree.readText("/proc/\(routerID)/status") else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst(2).first.flatMap { UInt32($0) }
    }

    /// Ends the router, once its requests are done or a few seconds have passed, and closes the listeners.
    package func stop() async {
        isStopping = true
        link?.send(.stop)
        if link != nil { await waitForEnd(limit: .seconds(8)) }
        await processEnd?.wait()
        await supervision?.value
        for listener in listeners { _ = Descriptor(owning: listener.descriptor) }
        listeners = []
        if routerID != nil { try? FileTree.remove(controlSocket) }  // The router itself may have had no right to.
        routerID = nil
        releaseWaiters()
        reports.finish()
    }

    /// Ends a router that this daemon started itself, for a daemon that cannot go on; one that it adopted still serves.
    package func abandon() async {
        if processEnd != nil { await stop() }
    }

    /// Sends a question and waits for its answer; a router that dies meanwhile has answered.
    ///
    /// - Returns: the question's token.
    @discardableResult
    private func ask(_ question: (UInt64) -> ControlMessage) async -> UInt64 {
        let token = nextToken
        nextToken += 1
        guard !isStopping else { return token }
        let message = question(token)
        await withCheckedContinuation { continuation in
            waiters[token] = continuation
            link?.send(message)
        }
        return token
    }

    private func answered(_ token: UInt64) {
        waiters.removeValue(forKey: token)?.resume()
        guard let recovery, recovery.token == token else { return }
        self.recovery = nil
        for token in recovery.tokens { waiters.removeValue(forKey: token)?.resume() }
    }

    private func releaseWaiters() {
        for token in waiters.keys { answered(token) }
    }

    // MARK: The router's life

    /// Keeps a router running and listens to it, until ``stop()``.
    private func supervise(_ first: PendingInput) async {
        var input = first.take()
        var pause = Duration.zero
        while let link {
            let began = ContinuousClock.now
            async let writing: Void = link.writeQueued()
            await listen(to: link, &input)
            link.close()
            await writing
            self.link = nil
            guard !isStopping else { return }
            pause = ContinuousClock.now - began < .seconds(1) ? min(pause + .milliseconds(50), .seconds(1)) : .zero
            await restart(&input, pause: pause)
        }
    }

    private func listen(to link: ControlLink, _ input: inout ControlInput) async {
        do {
            repeat {
                while let message = try input.next() { hear(message) }
            } while try await link.receive(into: &input)
        } catch {
            return  // A router that talks nonsense, or whose connection broke, is replaced like one that died.
        }
    }

    private func hear(_ message: ControlMessage) {
        switch message {
        case .installed(let token), .drained(let token): answered(token)
        case .records(let block):
            var lines: [AppID: [LogLine]] = [:]
            AccessRecords.read(block) { app, time, text in
                lines[app, default: []].append(
                    LogLine(time: time, source: .heroku, process: "router", message: text))
            }
            for (app, lines) in lines { reports.yield(.access(app: app, lines: lines)) }
        case .wake(let app): reports.yield(.wake(app))
        case .activityIs(let token, let times):
            activity[token] = times
            answered(token)
        case .reported(let token): reports.yield(.caughtUp(token))
        case .hello, .listen, .install, .drain, .stop, .lost, .activity, .secure, .report: break
        }
    }

    private func restart(_ input: inout ControlInput, pause: Duration) async {
        var pause = pause
        while !isStopping {
            if pause > .zero { try? await Task.sleep(for: pause) }  // Never cancelled.
            input = ControlInput()
            do {
                if let living = try? ControlLink(connectingTo: controlSocket, reactor: reactor) {  // Else it died.
                    _ = try await greet(living, &input)
                    link = living
                } else {
                    link = try await launch(&input)
                }
                recover()
                return
            } catch { pause = min(max(pause, .milliseconds(25)) * 2, .seconds(1)) }
        }
    }

    /// Gives a new router the last table. Whoever waits for an answer of the old one has it when that is served:
    /// nothing is in flight any more.
    private func recover() {
        if isStopping { link?.send(.stop) }
        if let tls { link?.send(.secure(tls)) }
        guard let table else { return releaseWaiters() }
        recovery = (nextToken, (recovery?.tokens ?? []) + waiters.keys)
        link?.send(.install(token: nextToken, table))
        nextToken += 1
    }

    /// Starts the program and waits until it answers.
    private func launch(_ input: inout ControlInput) async throws -> ControlLink {
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let log = try Descriptor(opening: logFile, O_WRONLY | O_CREAT | O_APPEND)
        let processID = try Subprocess.start(
            program, arguments: [controlSocket] + (user.map { ["\($0)"] } ?? []), environment: Environment.all,
            descriptors: [null.raw, log.raw, log.raw])
        routerID = processID
        let end = ProcessEnd()
        processEnd = end
        startThread(named: "paas-reaper") {
            _ = try? Subprocess.wait(processID)  // Only so that it does not stay a zombie.
            end.set()
        }
        while !end.hasCome {
            if let link = try? ControlLink(connectingTo: controlSocket, reactor: reactor) {  // Not listening yet.
                guard try await greet(link, &input) == ControlMessage.version, routerID == processID else { break }
                try handListeners(over: link)
                return link
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw RouterFailure.didNotStart(program: program, logFile: logFile)
    }

    /// Exchanges versions, and takes the listeners that the router has.
    private func greet(_ link: ControlLink, _ input: inout ControlInput) async throws -> UInt32 {
        link.send(
            .hello(version: ControlMessage.version, processID: Environment.processID, tableVersion: 0, listeners: []))
        while true {
            if let message = try input.next() {
                guard case .hello(let version, let processID, _, let places) = message else {
                    throw ByteReader.Malformed()
                }
                let descriptors = try input.take(places.count)
                let given = zip(descriptors, places).map { RouterListener(descriptor: $0, $1) }
                if listeners.isEmpty {
                    listeners = given
                } else {
                    for listener in given { _ = Descriptor(owning: listener.descriptor) }
                }
                routerID = processID
                return version
            }
            guard try await link.receive(into: &input) else {
                throw RouterFailure.didNotStart(program: program, logFile: logFile)
            }
        }
    }

    private func handListeners(over link: ControlLink) throws {
        try link.send(
            .listen(listeners.map { .init($0) }),
            descriptors: listeners.map(\.descriptor))
    }

    /// Waits for the router's process to end, and ends it by force after `limit`.
    private func waitForEnd(limit: Duration) async {
        guard let routerID else { return }
        let number = cpx_pidfd_open(routerID)
        guard number >= 0 else { return }  // It has ended.
        let process = Descriptor(owning: number)
        let raw = process.raw
        let reactor = reactor
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await reactor.wait(raw, for: .readable) }  // Cancelled: time is up.
            group.addTask {
                guard (try? await Task.sleep(for: limit)) != nil else { return }  // Cancelled: it has ended.
                _ = cpx_pidfd_signal(raw, SIGKILL)
            }
            await group.next()
            group.cancelAll()
        }
        _ = process
    }
}
