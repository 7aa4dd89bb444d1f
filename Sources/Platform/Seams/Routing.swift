package import Model
package import Router

/// Who carries requests to the dynos: the data plane, told whole tables.
package struct Routing: Sendable {
    /// Returns once every loop of the router serves the table.
    package var install: @Sendable (RoutingTable) async -> Void
    /// Returns when none of these dynos has a request in flight any more, or when the limit has passed.
    package var drain: @Sendable (_ dynos: [DynoID], _ limit: Duration) async -> Void

    package init(
        install: @escaping @Sendable (RoutingTable) async -> Void,
        drain: @escaping @Sendable ([DynoID], Duration) async -> Void
    ) {
        self.install = install
        self.drain = drain
    }

    package init(_ control: RouterControl) {
        self.init(install: { await control.install($0) }, drain: { await control.drain($0, limit: $1) })
    }
}
