import Dyno
import Model
import Synchronization

@testable import Platform

/// A runtime without processes: it remembers what it was asked for, and dynos do what the test tells them.
final class FakeRuntime: Sendable {
    final class FakeDyno: Sendable {
        let spec: DynoSpec
        private let stream: AsyncStream<DynoEvent>
        private let events: AsyncStream<DynoEvent>.Continuation
        private let stops = Mutex<[Duration]>([])

        init(_ spec: DynoSpec) {
            self.spec = spec
            (stream, events) = AsyncStream.makeStream()
        }

        var handle: DynoHandle {
            DynoHandle(
                id: spec.id, app: spec.app, name: spec.name, command: spec.command, size: spec.size,
                startedAt: Timestamp(microseconds: 0), tags: spec.tags,
                events: { [stream] _ in stream },
                stop: { [self] grace in
                    stops.withLock { $0.append(grace) }
                    end(.signal(15))
                    return (.signal(15), false)
                },
                signal: { _ in },
                attach: { throw PlatformError.noSuchDyno("fake") },
                release: {})
        }

        var isStopped: Bool { !stops.withLock { $0.isEmpty } }

        func launch() { events.yield(.launched) }
        func bind(port: UInt16 = 20_000) { events.yield(.bound(.tcp(address: "127.0.0.1", port: port))) }
        func say(_ text: String) {
            events.yield(.line(message: Array(text.utf8), time: Timestamp(microseconds: 0), position: 0))
        }
        func end(_ ending: Ending) {
            events.yield(.ended(ending))
            events.finish()
        }
    }

    private let dynos = Mutex<[FakeDyno]>([])
    private let adopted: [FakeDyno]
    private let onStart: @Sendable (FakeDyno) -> Void

    /// - Parameter onStart: what each new dyno does at once.
    init(adopting adopted: [FakeDyno] = [], onStart: @escaping @Sendable (FakeDyno) -> Void = { $0.bind() }) {
        self.adopted = adopted
        self.onStart = onStart
    }

    /// All that were started, oldest first.
    var started: [FakeDyno] { dynos.withLock { $0 } }

    var runtime: Runtime {
        Runtime(
            start: { [self] spec in
                let dyno = FakeDyno(spec)
                dynos.withLock { $0.append(dyno) }
                onStart(dyno)
                return dyno.handle
            },
            adopt: { [adopted] in adopted.map(\.handle) },
            sandbox: { SandboxReport(level: .l3, missing: [], mend: []) },
            resolve: { _ in },
            removeEverything: {})
    }
}

/// A router that remembers its tables.
final class FakeRouter: Sendable {
    private let tables = Mutex<[RoutingTable]>([])
    private let waiters = Mutex<[(String, @Sendable (RoutingTable.State?) -> Bool, CheckedContinuation<Void, Never>)]>(
        [])

    var installed: [RoutingTable] { tables.withLock { $0 } }

    func states(of host: String) -> [RoutingTable.State] { installed.compactMap { $0.routes[host]?.state } }

    var routing: Routing {
        Routing(
            install: { [self] table in
                tables.withLock { $0.append(table) }
                let ready = waiters.withLock { waiters in
                    let ready = waiters.filter { $0.1(table.routes[$0.0]?.state) }
                    waiters.removeAll { $0.1(table.routes[$0.0]?.state) }
                    return ready
                }
                for waiter in ready { waiter.2.resume() }
            },
            drain: { _, _ in })
    }

    /// Returns when the newest table has such a state for the host.
    func reaches(_ host: String, _ matches: @escaping @Sendable (RoutingTable.State?) -> Bool) async {
        if matches(installed.last?.routes[host]?.state) { return }
        await withCheckedContinuation { continuation in
            waiters.withLock { $0.append((host, matches, continuation)) }
        }
    }
}
