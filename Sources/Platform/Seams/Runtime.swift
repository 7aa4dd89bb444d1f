package import Dyno
package import Model

/// Where dynos run. The daemon passes this machine's ``DynoHost``; a cluster's would be another value, and tests pass
/// one without processes.
package struct Runtime: Sendable {
    package var start: @Sendable (DynoSpec) async throws -> DynoHandle
    /// The dynos that an earlier daemon started and that still run.
    package var adopt: @Sendable () async -> [DynoHandle]
    package var sandbox: @Sendable () async -> SandboxReport
    /// Who reaches dynos from outside of this machine.
    package var exposure: @Sendable () async -> ExposureReport
    /// Starts a dyno in a network of its own, to find out whether that is possible; throws why it is not.
    package var tryOwnNetwork: @Sendable () async throws -> Void
    /// Makes dynos resolve these host names to this machine, those that run already too.
    package var resolve: @Sendable ([String]) async -> Void
    /// Takes away what stopped dynos left; for `paas down`.
    package var removeEverything: @Sendable () async -> Void

    package init(
        start: @escaping @Sendable (DynoSpec) async throws -> DynoHandle,
        adopt: @escaping @Sendable () async -> [DynoHandle],
        sandbox: @escaping @Sendable () async -> SandboxReport,
        resolve: @escaping @Sendable ([String]) async -> Void,
        removeEverything: @escaping @Sendable () async -> Void,
        exposure: @escaping @Sendable () async -> ExposureReport = { ExposureReport() },
        tryOwnNetwork: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.start = start
        self.adopt = adopt
        self.sandbox = sandbox
        self.resolve = resolve
        self.removeEverything = removeEverything
        self.exposure = exposure
        self.tryOwnNetwork = tryOwnNetwork
    }

    /// Dynos as processes of this machine.
    package init(_ host: DynoHost) {
        self.init(
            start: { DynoHandle(try await host.start($0)) },
            adopt: {
                let dynos = await host.adopt()
                // In the background, and ends by itself: the next start need not wait for a sandbox.
                if !dynos.isEmpty { Task { await host.prepare() } }
                return dynos.map(DynoHandle.init)
            },
            sandbox: { await host.sandbox() },
            // Without it only `curl` and browsers reach other apps by name; no reason to fail anything.
            resolve: { names in try? await host.resolve(names) },
            removeEverything: { await host.removeEverything() },
            exposure: { await host.guardPorts() },
            tryOwnNetwork: { try await host.tryOwnNetwork() })
    }
}

/// One running dyno, wherever it runs.
package struct DynoHandle: Sendable {
    package let id: DynoID
    package let app: AppID
    package let name: DynoName
    package let command: String
    package let size: DynoSize
    package let startedAt: Timestamp
    /// Set for an adopted dyno that has ended meanwhile; not later than it really was.
    package let endedAt: Timestamp?
    package let tags: [String: String]
    /// What it says and does after that position of its output, in batches; one consumer; ends after `.ended`.
    package var events: @Sendable (_ after: UInt64) -> AsyncStream<[DynoEvent]>
    /// SIGTERM to all its processes, the grace, SIGKILL.
    package var stop: @Sendable (_ grace: Duration) async -> (ending: Ending, killed: Bool)
    package var signal: @Sendable (Int32) async -> Void
    /// A client's line to a dyno with a terminal or pipes, from some byte of its output on.
    package var attach: @Sendable (_ position: UInt64) async throws -> DynoSession
    /// Runs a command beside the dyno's own.
    package var execute: @Sendable (DynoExecution) async throws -> DynoSession
    /// How the dyno is kept apart; `nil` where that is not this machine's to say.
    package var sandbox: SandboxLevel?
    /// Other tags, for whoever adopts it.
    package var note: @Sendable ([String: String]) async -> Void
    /// Everything it said is stored: what is left of it may go.
    package var release: @Sendable () async -> Void

    package init(
        id: DynoID, app: AppID, name: DynoName, command: String, size: DynoSize, startedAt: Timestamp,
        endedAt: Timestamp? = nil, tags: [String: String],
        events: @escaping @Sendable (UInt64) -> AsyncStream<[DynoEvent]>,
        stop: @escaping @Sendable (Duration) async -> (ending: Ending, killed: Bool),
        signal: @escaping @Sendable (Int32) async -> Void,
        attach: @escaping @Sendable (UInt64) async throws -> DynoSession,
        execute: @escaping @Sendable (DynoExecution) async throws -> DynoSession,
        sandbox: SandboxLevel? = nil,
        note: @escaping @Sendable ([String: String]) async -> Void,
        release: @escaping @Sendable () async -> Void
    ) {
        self.id = id
        self.app = app
        self.name = name
        self.command = command
        self.size = size
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.tags = tags
        self.events = events
        self.stop = stop
        self.signal = signal
        self.attach = attach
        self.execute = execute
        self.sandbox = sandbox
        self.note = note
        self.release = release
    }

    init(_ dyno: RunningDyno) {
        self.init(
            id: dyno.id, app: dyno.app, name: dyno.name, command: dyno.command, size: dyno.size,
            startedAt: dyno.startedAt, endedAt: dyno.endedAt, tags: dyno.tags,
            events: { dyno.eventBatches(from: $0) },
            stop: { await dyno.stop(grace: $0) },
            signal: { await dyno.signal($0) },
            attach: { DynoSession(try await dyno.attach(from: $0)) },
            execute: { DynoSession(try await dyno.execute($0)) },
            sandbox: dyno.level,
            note: { await dyno.note($0) },
            release: { await dyno.release() })
    }
}
