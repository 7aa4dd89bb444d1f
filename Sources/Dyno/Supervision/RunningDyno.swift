package import Model
internal import Posix

/// A dyno that runs, or that has ended and waits for ``release()``.
package final class RunningDyno: Sendable {
    package let id: DynoID
    package let app: AppID
    package let name: DynoName
    /// What the conductor gave along in ``DynoSpec/tags``.
    package let tags: [String: String]
    package let command: String
    package let startedAt: Timestamp
    /// When it ended, if it has; for one whose end nobody saw, when it started.
    package var endedAt: Timestamp? {
        guard let record = link.news.record else { return nil }
        return record.ending == .lost ? startedAt : record.time
    }
    /// The port that it was leased.
    package let port: UInt16?
    package let size: DynoSize
    /// 0 when its shim is gone.
    package let shimProcessID: Int32
    /// How it is kept apart from the machine.
    package let level: SandboxLevel

    private let link: ShimLink
    private let record: DynoRecord
    private let isInteractive: Bool
    private let leaving: Leaving

    /// What the host does for a dyno when it leaves.
    struct Leaving: Sendable {
        var connect: @Sendable () async throws -> AsyncStreamSocket
        var store: @Sendable (DynoRecord) async -> Void
        var remove: @Sendable () async -> Void
    }

    init(_ record: DynoRecord, link: ShimLink, leaving: Leaving) {
        id = record.id
        app = record.app
        name = record.name
        tags = record.tags
        command = record.command
        startedAt = record.startedAt
        port = record.port
        size = record.size
        level = record.level
        isInteractive = record.isInteractive
        self.record = record
        shimProcessID = link.news.shim ?? 0
        self.link = link
        self.leaving = leaving
    }

    /// What it says and does; for one consumer, who sets the pace.
    ///
    /// The stream starts with the state there is (``DynoEvent/launched``, ``DynoEvent/bound(_:)``) and ends after
    /// ``DynoEvent/ended(_:)``.
    ///
    /// - Parameter position: where an earlier consumer has stopped: the `position` of its last line; 0 for everything
    ///   that the spool has.
    package func events(from position: UInt64) -> AsyncStream<DynoEvent> {
        let reporter = DynoReporter(link, from: position)
        return AsyncStream { await reporter.next() }
    }

    /// As ``events(from:)``, many at a time where there are many.
    package func eventBatches(from position: UInt64) -> AsyncStream<[DynoEvent]> {
        let reporter = DynoReporter(link, from: position)
        return AsyncStream { await reporter.nextBatch() }
    }

    /// SIGTERM to every process of the dyno, the grace, SIGKILL to what is left. The shim keeps the time, so that the
    /// stop goes on when this daemon ends.
    package func stop(grace: Duration) async -> (ending: Ending, killed: Bool) {
        let (seconds, attoseconds) = grace.components
        let milliseconds = UInt32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        // When the shim has gone meanwhile, the news say how it ended.
        try? await link.send(.stop(graceMilliseconds: milliseconds))
        let record = await link.news { $0.record != nil }.record
        return (record?.ending ?? .lost, record?.wasKilled ?? false)
    }

    /// Other tags, for a daemon that comes later; what ``tags`` says stays.
    package func note(_ tags: [String: String]) async {
        var changed = record
        changed.tags = tags
        await leaving.store(changed)
    }

    /// A signal for every process of the dyno; nothing happens when it has ended.
    package func signal(_ number: Int32) async {
        try? await link.send(.signal(number))
    }

    /// A client's line to a dyno with a terminal or with pipes. What came before is replayed.
    ///
    /// - Throws: ``DynoNotAttachable`` for a dyno whose output is logged.
    package func attach() async throws -> DynoAttachment {
        guard isInteractive else { throw DynoNotAttachable(name: name) }
        if link.news.isClosed { return DynoAttachment(link) }
        let own: ShimLink
        do {
            own = ShimLink(folder: link.folder, socket: try await leaving.connect())
        } catch {
            // It has just ended: the spool has everything.
            _ = await link.news { $0.isClosed }
            return DynoAttachment(link)
        }
        try await own.send(.hello(version: ShimRequest.version))
        let link = link
        // Ends with its connection, which the attachment closes when it goes.
        Task { await own.run { await link.news { $0.record != nil }.record } }
        return DynoAttachment(own)
    }

    /// The caller has stored everything: the shim leaves and the run folder goes. A dyno that still runs is ended.
    package func release() async {
        if link.news.record == nil { _ = await stop(grace: .zero) }
        try? await link.send(.release)
        _ = await link.news { $0.isClosed }
        link.close()
        await leaving.remove()
    }

    deinit { link.close() }
}

/// Somebody wanted to attach to a dyno whose output goes to the log.
package struct DynoNotAttachable: Explained {
    package let name: DynoName

    package var explanation: Explanation {
        Explanation(
            "Couldn't attach to \(name)", because: "Its output goes to the app's log.", mend: ["paas logs --tail"],
            id: .conflict)
    }
}
