package import Model
package import Platform
package import Router
internal import Synchronization

/// A router that remembers its tables.
package final class FakeRouter: Sendable {
    private let tables = Mutex<[RoutingTable]>([])
    private let waiters = Mutex<[(String, @Sendable (RoutingTable.State?) -> Bool, CheckedContinuation<Void, Never>)]>(
        [])

    private let shown = Mutex<[TLSMaterial.Own]>([])

    /// The certificates that clients are shown now.
    package var certificates: [TLSMaterial.Own] { shown.withLock { $0 } }

    private let idle: @Sendable (DynoID) -> Duration

    /// - Parameter idle: how long a dyno has been without a request.
    package init(idle: @escaping @Sendable (DynoID) -> Duration = { _ in .zero }) { self.idle = idle }

    /// In the order of their versions: one that is overtaken on its way is old when it arrives.
    package var installed: [RoutingTable] { tables.withLock { $0 }.sorted { $0.version < $1.version } }

    package func states(of host: String) -> [RoutingTable.State] { installed.compactMap { $0.routes[host]?.state } }

    package var routing: Routing {
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
            present: { [self] certificates in shown.withLock { $0 = certificates } },
            drain: { _, _ in },
            idleTimes: { [self] dynos in dynos.map { idle($0) } }, catchUp: {})
    }

    /// Returns when the newest table has such a state for the host.
    package func reaches(_ host: String, _ matches: @escaping @Sendable (RoutingTable.State?) -> Bool) async {
        if matches(installed.last?.routes[host]?.state) { return }
        await withCheckedContinuation { continuation in
            waiters.withLock { $0.append((host, matches, continuation)) }
        }
    }
}
