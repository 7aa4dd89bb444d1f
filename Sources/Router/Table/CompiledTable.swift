internal import Model

/// What happens to an app's requests, ready to be followed.
struct CompiledRoute {
    enum Kind: UInt8 { case serving, starting, asleep, refusing }

    let kind: Kind
    /// `nil` for the platform's own hosts.
    let app: AppID?
    let fault: RouterFault?
    let backends: UnsafeMutablePointer<UnsafeMutablePointer<Backend>>
    let backendCount: Int
    let keepsSessions: Bool
    let certifiesAliases: Bool
    /// The daemon has been told of a request for this sleeping app.
    var hasAskedToWake = false
    let pages: RoutingTable.Pages
    /// What the app is called in commands.
    let name: String
}

/// A routing table in raw memory: a host is found by its bytes, with one look for each dot in it at most, however many
/// hosts there are.
///
/// Belongs to one loop; replaced whole, and freed at once, because requests keep backends, never routes.
struct CompiledTable: ~Copyable {
    /// Kept for what `hosts` and `wildcards` point to; they are copies, so that a look counts no reference.
    private let names: HostNames
    private let hosts: HostIndex
    private let wildcards: HostIndex
    private let routes: UnsafeMutableBufferPointer<CompiledRoute>
    let version: UInt64
    let appNames: [String]

    /// - Parameters:
    ///   - names: those of `table`, whose aliases are not looked at here.
    ///   - backend: gives the loop's backend for a listed one; those without an address are left out.
    init(
        _ table: RoutingTable, names: HostNames,
        backend: (RoutingTable.Backend) -> UnsafeMutablePointer<Backend>?
    ) {
        self.names = names
        hosts = names.hosts
        wildcards = names.wildcards
        version = table.version
        appNames = table.appNames
        routes = .allocate(capacity: names.order.count)
        for (number, host) in names.order.enumerated() {
            // Both were made of one table.
            let route = table.routes[host] ?? RoutingTable.Route(app: nil, state: .refusing(.platformError))
            routes.initializeElement(at: number, to: Self.compile(host, route, backend))
        }
    }

    private static func compile(
        _ host: String, _ route: RoutingTable.Route,
        _ backend: (RoutingTable.Backend) -> UnsafeMutablePointer<Backend>?
    ) -> CompiledRoute {
        var backends: [UnsafeMutablePointer<Backend>] = []
        var kind = CompiledRoute.Kind.serving
        var fault: RouterFault?
        switch route.state {
        case .serving(let listed):
            backends = listed.compactMap(backend)
            if backends.isEmpty {
                kind = .refusing
                fault = .noWebProcesses
            }
        case .starting: kind = .starting
        case .asleep: kind = .asleep
        case .refusing(let reason):
            kind = .refusing
            fault = reason
        }
        let list = UnsafeMutablePointer<UnsafeMutablePointer<Backend>>.allocate(capacity: max(1, backends.count))
        list.initialize(from: backends, count: backends.count)
        return CompiledRoute(
            kind: kind, app: route.app, fault: fault, backends: list, backendCount: backends.count,
            keepsSessions: route.keepsSessions, certifiesAliases: route.certifiesAliases, pages: route.pages,
            name: String(host.prefix { $0 != "." }))
    }

    /// The route of exactly this host, else that of the longest name that it is below.
    ///
    /// - Parameter host: lower case, without port and trailing dot.
    @inline(__always)
    borrowing func route(_ host: UnsafePointer<UInt8>, _ length: Int) -> UnsafeMutablePointer<CompiledRoute>? {
        let number = hosts.find(host, length, hash: HostIndex.hash(host, length))
        if number >= 0 { return routes.baseAddress.map { $0 + number } }
        return wildcards.count == 0 ? nil : wildcardRoute(host, length)
    }

    /// One pass from the end: at each dot the hash of what follows is at hand.
    @inline(never)
    private borrowing func wildcardRoute(
        _ host: UnsafePointer<UInt8>, _ length: Int
    ) -> UnsafeMutablePointer<CompiledRoute>? {
        var longest = -1
        var value = HostIndex.seed
        var index = length
        while index > 1 {
            index &-= 1
            value = HostIndex.step(value, host[index])
            guard host[index] == UInt8(ascii: ".") else { continue }
            let number = wildcards.find(host + index, length &- index, hash: HostIndex.finish(value))
            if number >= 0 { longest = number }
        }
        return longest < 0 ? nil : routes.baseAddress.map { $0 + longest }
    }

    deinit {
        for route in routes { route.backends.deallocate() }
        routes.baseAddress?.deinitialize(count: routes.count)
        routes.deallocate()
    }
}
