package import Model
package import Posix
internal import Synchronization

/// The loops of one router and the doors to them: tables in, access records and wake-ups out.
package final class Engine: Sendable {
    private let inboxes: [LoopInbox]
    private let running: Mutex<Int>
    private let ended: @Sendable () -> Void

    /// Starts the loops' threads.
    ///
    /// - Parameters:
    ///   - records: takes blocks of access records, on a loop's thread; see ``AccessRecords``.
    ///   - wake: takes apps that a request waits for, on a loop's thread.
    ///   - ended: called once, when the last loop has ended.
    package init(
        _ settings: RouterSettings, records: @escaping @Sendable ([UInt8]) -> Void,
        wake: @escaping @Sendable (AppID) -> Void, ended: @escaping @Sendable () -> Void = {}
    ) throws(PosixError) {
        var inboxes: [LoopInbox] = []
        for _ in 0..<max(1, settings.loops) { inboxes.append(try LoopInbox()) }
        self.inboxes = inboxes
        running = Mutex(inboxes.count)
        self.ended = ended
        for (index, inbox) in inboxes.enumerated() {
            startThread(named: "paas-loop-\(index)") { [self] in
                do {
                    let loop = try Loop(settings, inbox: inbox, outlet: LoopOutlet(records: records, wake: wake))
                    loop.run()
                } catch {
                    preconditionFailure("no loop: \(error)")
                }
                loopEnded()
            }
        }
    }

    private func loopEnded() {
        let isLast = running.withLock { count in
            count -= 1
            return count == 0
        }
        if isLast { ended() }
    }

    /// Has every loop accept from these, which stay the caller's.
    package func listen(_ listeners: [RouterListener]) {
        let places = listeners.map {
            ListenerPlace(descriptor: $0.descriptor, port: $0.port, expectsPreamble: $0.expectsPreamble)
        }
        for inbox in inboxes { inbox.post(.listen(places)) }
    }

    /// Has every loop speak TLS on every connection that asks for it.
    package func secure(with material: TLSMaterial) {
        for inbox in inboxes { inbox.post(.secure(material)) }
    }

    /// Calls `done` on a loop's thread once every loop serves the table.
    package func install(_ table: RoutingTable, done: @escaping @Sendable () -> Void) {
        let all = countdown(done)
        let names = HostNames(table)
        var table = table
        table.aliases = [:]
        for inbox in inboxes { inbox.post(.install(table, names, done: all)) }
    }

    /// Calls `done` on a loop's thread once none of the dynos has a request in flight.
    package func drain(_ dynos: [DynoID], done: @escaping @Sendable () -> Void) {
        let all = countdown(done)
        for inbox in inboxes { inbox.post(.drain(dynos, done: all)) }
    }

    /// Calls `done` on a loop's thread with the milliseconds that each dyno has been without a request: 0 while it has
    /// one, `.max` when no loop knows it.
    package func activity(of dynos: [DynoID], done: @escaping @Sendable ([UInt64]) -> Void) {
        let merged = LeastTimes(dynos.count)
        let all = countdown { done(merged.times) }
        for inbox in inboxes {
            inbox.post(
                .activity(dynos) { times in
                    merged.merge(times)
                    all()
                })
        }
    }

    /// Calls `done` on a loop's thread once every loop has handed over the records that it has.
    package func report(done: @escaping @Sendable () -> Void) {
        let all = countdown(done)
        for inbox in inboxes { inbox.post(.report(done: all)) }
    }

    package func stop() { for inbox in inboxes { inbox.post(.stop) } }

    private func countdown(_ done: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let waiting = Counter(inboxes.count)
        return { if waiting.decrement() == 0 { done() } }
    }
}

/// Counts down from several threads.
private final class Counter: Sendable {
    private let value: Mutex<Int>
    init(_ value: Int) { self.value = Mutex(value) }
    func decrement() -> Int {
        value.withLock { count in
            count -= 1
            return count
        }
    }
}

/// What the loops say of each dyno, brought together: the most recent use counts.
private final class LeastTimes: Sendable {
    private let least: Mutex<[UInt64]>
    init(_ count: Int) { least = Mutex([UInt64](repeating: .max, count: count)) }

    var times: [UInt64] { least.withLock { $0 } }

    func merge(_ times: [UInt64]) {
        least.withLock { least in
            for (index, time) in times.enumerated() { least[index] = min(least[index], time) }
        }
    }
}
