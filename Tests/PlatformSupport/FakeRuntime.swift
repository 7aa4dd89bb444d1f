internal import Dyno
package import Model
package import Platform
internal import Synchronization

/// A runtime without processes: it remembers what it was asked for, and dynos do what the test tells them.
package final class FakeRuntime: Sendable {
    /// A dyno that does what the test tells it.
    package final class FakeDyno: Sendable {
        package let spec: DynoSpec
        private let stream: AsyncStream<[DynoEvent]>
        private let events: AsyncStream<[DynoEvent]>.Continuation
        private let stops = Mutex<[Duration]>([])
        private let noted = Mutex<[String: String]?>(nil)

        package init(_ spec: DynoSpec) {
            self.spec = spec
            (stream, events) = AsyncStream.makeStream()
        }

        package var handle: DynoHandle {
            DynoHandle(
                id: spec.id, app: spec.app, name: spec.name, command: spec.command, size: spec.size,
                startedAt: Timestamp(microseconds: 0), tags: tags,
                events: { [stream] _ in stream },
                stop: { [self] grace in
                    stops.withLock { $0.append(grace) }
                    end(.signal(15))
                    return (.signal(15), false)
                },
                signal: { _ in },
                attach: { _ in throw PlatformError.noSuchDyno("fake") },
                execute: { _ in throw PlatformError.noSuchDyno("fake") },
                note: { [self] tags in noted.withLock { $0 = tags } },
                release: {})
        }

        package var isStopped: Bool { !stops.withLock { $0.isEmpty } }
        /// What a daemon that comes later finds.
        package var tags: [String: String] { noted.withLock { $0 } ?? spec.tags }

        package func launch() { events.yield([.launched]) }
        package func bind(port: UInt16 = 20_000) { events.yield([.bound(.tcp(address: "127.0.0.1", port: port))]) }
        package func say(_ text: String) {
            events.yield([.line(message: Array(text.utf8), time: Timestamp(microseconds: 0), position: 0)])
        }
        package func note(_ text: String) { events.yield([.note(text)]) }
        package func lose(_ thief: PortThief) { events.yield([.portTaken(thief)]) }
        package func lose(_ files: LostFiles) { events.yield([.lost(files)]) }
        package func end(_ ending: Ending) {
            events.yield([.ended(ending)])
            events.finish()
        }
    }

    private let dynos = Mutex<[FakeDyno]>([])
    private let adopted: [FakeDyno]
    private let gate: Gate
    private let onStart: @Sendable (FakeDyno) -> Void

    /// - Parameters:
    ///   - gate: what each new dyno has to pass before it is started.
    ///   - onStart: what each new dyno does at once.
    package init(
        adopting adopted: [FakeDyno] = [], gate: Gate = Gate(),
        onStart: @escaping @Sendable (FakeDyno) -> Void = { $0.bind() }
    ) {
        self.adopted = adopted
        self.gate = gate
        self.onStart = onStart
    }

    /// All that were started, oldest first.
    package var started: [FakeDyno] { dynos.withLock { $0 } }

    package var runtime: Runtime {
        Runtime(
            start: { [self] spec in
                let dyno = FakeDyno(spec)
                dynos.withLock { $0.append(dyno) }
                await gate.pass()
                onStart(dyno)
                return dyno.handle
            },
            adopt: { [adopted] in adopted.map(\.handle) },
            sandbox: { SandboxReport(level: .l3, missing: [], mend: []) },
            resolve: { _ in },
            removeEverything: {})
    }
}
