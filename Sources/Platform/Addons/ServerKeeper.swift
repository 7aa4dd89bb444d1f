package import Addons
internal import Dyno
internal import Logs
internal import Model

/// Keeps the servers of add-ons running: under the same shims as dynos, so that they outlive the daemon.
///
/// One that ends by itself is started again.
package actor ServerKeeper {
    private struct Server {
        var spec: ServerSpec
        var handle: DynoHandle?
        /// Set while it is being started.
        var start: Task<Void, any Error>?
        /// Whether this daemon has had an answer from it: one that was adopted may be about to start.
        var hasAnswered = false
        /// What it has said last, for who asks why it does not run.
        var lastLines: [String] = []
        /// How often it has ended by itself since it answered last.
        var failures = 0
        var isStopping = false
    }

    private let runtime: Runtime
    private let time: Time
    private var servers: [String: Server] = [:]
    private var isClosing = false
    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let newJob: AsyncStream<@Sendable () async -> Void>.Continuation

    package init(runtime: Runtime, time: Time) {
        self.runtime = runtime
        self.time = time
        (jobs, newJob) = AsyncStream.makeStream()
    }

    /// What providers get to ask for servers.
    package nonisolated var seam: Servers {
        Servers(run: { [self] in try await run($0) }, stop: { [self] in await stop($0) })
    }

    /// Owns every task that watches a server; the daemon runs it until it stops.
    package func watch() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
        }
    }

    /// The tag by which a server is told from an app's dynos.
    static let tag = "server"

    // MARK: What providers ask

    /// Returns when the server answers, also when it ran already.
    func run(_ spec: ServerSpec) async throws {
        if isClosing { throw ServerFailure.closing }
        if let start = servers[spec.key]?.start { return try await start.value }
        if let server = servers[spec.key], server.handle != nil, server.hasAnswered { return }
        try await start(spec)
    }

    /// Returns when the server has ended; it stays down.
    func stop(_ key: String) async {
        // A start that is under way comes to its end first; how does not matter.
        _ = await servers[key]?.start?.result
        guard let server = servers[key] else { return }
        servers[key]?.isStopping = true
        if let handle = server.handle { await end(handle, server.spec) }
        servers[key] = nil
    }

    // MARK: The platform's start and end

    /// Takes over the servers that an earlier daemon has started, and starts those that are missing; what is not
    /// wanted any more ends.
    ///
    /// Returns when they answer, or do not come up: apps may do without them for a while.
    func resume(_ handles: [DynoHandle], wanted: [ServerSpec]) async {
        for handle in handles {
            let spec = wanted.first { $0.key == handle.tags[Self.tag] }
            if let spec, handle.endedAt == nil, servers[spec.key] == nil {
                servers[spec.key] = Server(spec: spec, handle: handle)
                follow(handle, spec.key)
            } else {
                await discard(handle)
            }
        }
        await withDiscardingTaskGroup { group in
            for spec in wanted where servers[spec.key] == nil {
                group.addTask { [self] in
                    // It is tried again, and whoever needs it is told then.
                    do { try await run(spec) } catch { await startLater(spec) }
                }
            }
        }
    }

    /// For `paas down`: all servers end.
    package func stopEverything() async {
        isClosing = true
        await withDiscardingTaskGroup { group in
            for key in servers.keys { group.addTask { [self] in await stop(key) } }
        }
    }

    /// Lets ``watch()`` end; servers run on.
    package func finish() {
        isClosing = true
        newJob.finish()
    }

    // MARK: One server

    private func start(_ spec: ServerSpec) async throws {
        let task = Task { try await self.launch(spec) }
        servers[spec.key, default: Server(spec: spec)].start = task
        servers[spec.key]?.spec = spec
        defer { servers[spec.key]?.start = nil }
        do { try await task.value } catch {
            if servers[spec.key]?.handle == nil { servers[spec.key] = nil }
            throw error
        }
    }

    private func launch(_ spec: ServerSpec) async throws {
        if let adopted = servers[spec.key]?.handle {
            do { return try await awaitAnswer(of: adopted, spec) } catch {
                // It did not live to answer: another one takes its place.
                if isClosing { throw error }
            }
        }
        guard let name = DynoName("\(spec.type).1") else {
            throw ServerFailure.failed(spec.type, "a name that is none")
        }
        let folders = DynoSpec.BuildFolders(tree: spec.folder, cache: "\(spec.folder)/cache", readable: spec.readable)
        let dyno = DynoSpec(
            app: .platform, appOrdinal: 0, name: name, content: .build(folders), command: spec.command,
            environment: spec.environment, tags: [Self.tag: spec.key])
        let handle = try await runtime.start(dyno)
        servers[spec.key]?.lastLines = []
        servers[spec.key]?.handle = handle
        servers[spec.key]?.isStopping = false
        follow(handle, spec.key)
        try await awaitAnswer(of: handle, spec)
    }

    /// Returns when it answers; one that does not in its time is ended.
    private func awaitAnswer(of handle: DynoHandle, _ spec: ServerSpec) async throws {
        let deadline = time.now().adding(spec.patience)
        while await !spec.isReady() {
            guard servers[spec.key]?.handle?.id == handle.id else { throw failure(spec, "it ended at once") }
            guard time.now() < deadline else {
                servers[spec.key]?.isStopping = true
                await end(handle, spec)
                servers[spec.key]?.handle = nil
                throw failure(spec, "it did not answer within \(spec.patience.components.seconds) seconds")
            }
            try await time.sleep(.milliseconds(10))
        }
        // Somebody else may be who answered.
        guard servers[spec.key]?.handle?.id == handle.id else { throw failure(spec, "it ended at once") }
        servers[spec.key]?.failures = 0
        servers[spec.key]?.hasAnswered = true
    }

    private func failure(_ spec: ServerSpec, _ reason: String) -> ServerFailure {
        let lines = servers[spec.key]?.lastLines.suffix(3) ?? []
        return .failed(spec.type, ([reason] + lines).joined(separator: "; "))
    }

    private func follow(_ handle: DynoHandle, _ key: String) {
        newJob.yield { [self] in
            for await events in handle.events(0) { await take(events, of: handle, key) }
            await handle.release()
        }
    }

    private func take(_ events: [DynoEvent], of handle: DynoHandle, _ key: String) async {
        for event in events {
            switch event {
            case .line(let message, _, _):
                guard servers[key]?.handle?.id == handle.id else { continue }
                servers[key]?.lastLines.append(String(decoding: message, as: UTF8.self))
                if let count = servers[key]?.lastLines.count, count > 20 { servers[key]?.lastLines.removeFirst() }
            case .ended: ended(handle, key)
            default: continue
            }
        }
    }

    private func ended(_ handle: DynoHandle, _ key: String) {
        guard let server = servers[key], server.handle?.id == handle.id else { return }
        servers[key]?.handle = nil
        servers[key]?.hasAnswered = false
        // Who waits for its start hears of it, and decides.
        guard !server.isStopping, !isClosing, server.start == nil else { return }
        startLater(server.spec)
    }

    private func startLater(_ spec: ServerSpec) {
        guard !isClosing else { return }
        let failures = (servers[spec.key]?.failures ?? 0) + 1
        if servers[spec.key] == nil { servers[spec.key] = Server(spec: spec) }
        servers[spec.key]?.failures = failures
        newJob.yield { [self] in
            let pause = Duration.milliseconds(min(100 << min(failures, 10), 30_000))
            guard (try? await time.sleep(pause)) != nil else { return }  // The daemon ends.
            await startAgain(spec, after: failures)
        }
    }

    private func startAgain(_ spec: ServerSpec, after failures: Int) async {
        guard let server = servers[spec.key], server.handle == nil, server.start == nil, !server.isStopping else {
            return
        }
        do { try await start(spec) } catch {
            servers[spec.key] = Server(spec: spec, failures: failures)
            startLater(spec)
        }
    }

    private func end(_ handle: DynoHandle, _ spec: ServerSpec) async {
        if spec.endingSignal != 0 { await handle.signal(spec.endingSignal) }
        _ = await handle.stop(.seconds(30))
    }

    private func discard(_ handle: DynoHandle) async {
        _ = await handle.stop(.seconds(30))
        await handle.release()
    }
}

/// Why a server does not run.
enum ServerFailure: Explained {
    case failed(_ type: String, _ reason: String)
    case closing

    var explanation: Explanation {
        switch self {
        case .failed(let type, let reason):
            Explanation("Couldn't start \(type)", because: reason, mend: ["paas doctor"], id: .unavailable)
        case .closing: Explanation("paas is being stopped", mend: ["paas up"], id: .unavailable)
        }
    }
}
