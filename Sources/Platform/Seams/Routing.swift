package import Model
package import Router

/// Who carries requests to the dynos: the data plane, told whole tables.
package struct Routing: Sendable {
    /// Returns once every loop of the router serves the table.
    package var install: @Sendable (RoutingTable) async -> Void
    /// Has new connections shown these certificates, and no others of people's own; at the latest when a table that is
    /// installed after it is served.
    package var present: @Sendable ([TLSMaterial.Own]) async -> Void
    /// Returns when none of these dynos has a request in flight any more, or when the limit has passed.
    package var drain: @Sendable (_ dynos: [DynoID], _ limit: Duration) async -> Void
    /// How long each of these dynos has been without a request; zero while it has one.
    package var idleTimes: @Sendable (_ dynos: [DynoID]) async -> [Duration]
    /// Returns when every request that is over has its line in the log, as far as the router can say soon.
    package var catchUp: @Sendable () async -> Void

    package init(
        install: @escaping @Sendable (RoutingTable) async -> Void,
        present: @escaping @Sendable ([TLSMaterial.Own]) async -> Void,
        drain: @escaping @Sendable ([DynoID], Duration) async -> Void,
        idleTimes: @escaping @Sendable ([DynoID]) async -> [Duration],
        catchUp: @escaping @Sendable () async -> Void
    ) {
        self.install = install
        self.present = present
        self.drain = drain
        self.idleTimes = idleTimes
        self.catchUp = catchUp
    }

    package init(_ control: RouterControl) {
        self.init(
            install: { await control.install($0) }, present: { await control.present($0) },
            drain: { await control.drain($0, limit: $1) },
            idleTimes: { await control.idleTimes(of: $0) },
            catchUp: { await control.catchUp(limit: .milliseconds(500)) })
    }
}
