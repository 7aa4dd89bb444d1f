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
    private var hosts: HostIndex
    /// By what the names end in, with the dot in front; hashed from the end.
    private var wildcards: HostIndex
    private let routes: UnsafeMutableBufferPointer<CompiledRoute>
    /// The bytes of all names.
    private let names: UnsafeMutableBufferPointer<UInt8>
    let version: UInt64
    let appNames: [String]

    /// - Parameter backend: gives the loop's backend for a listed one; those without an address are left out.
    init(
        _ table: RoutingTable, backend: (RoutingTable.Backend) -> UnsafeMutablePointer<Backend>?
    ) {
        version = table.version
        appNames = table.appNames
        hosts = HostIndex(expecting: table.routes.count + table.aliases.count)
        wildcards = HostIndex(expecting: table.aliases.keys.count { $0.utf8.first == UInt8(ascii: "*") })
        routes = .allocate(capacity: table.routes.count)
        names = .allocate(
            capacity: table.routes.keys.reduce(1) { $0 + $1.utf8.count }
                + table.aliases.keys.reduce(0) { $0 + $1.utf8.count })
        var places: [String: UnsafeMutablePointer<CompiledRoute>] = [:]
        var used = 0
        for (index, (host, route)) in table.routes.enumerated() {
            guard let place = routes.baseAddress.map({ $0 + index }) else { break }
            place.initialize(to: Self.compile(host, route, backend))
            places[host] = place
            insert(host, place, &used)
        }
        for (host, target) in table.aliases where table.routes[host] == nil {
            if let place = places[target] { insert(host, place, &used) }
        }
    }

    private mutating func insert(_ host: String, _ route: UnsafeMutablePointer<CompiledRoute>, _ used: inout Int) {
        guard let start = names.baseAddress.map({ $0 + used }) else { return }
        var length = 0
        let isWildcard = host.utf8.first == UInt8(ascii: "*")
        for byte in host.utf8.dropFirst(isWildcard ? 1 : 0) {
            start[length] = byte
            length += 1
        }
        used += length
        guard isWildcard else { return hosts.insert(start, length, hash: HostIndex.hash(start, length), route) }
        var value = HostIndex.seed
        for index in (0..<length).reversed() { value = HostIndex.step(value, start[index]) }
        wildcards.insert(start, length, hash: HostIndex.finish(value), route)
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
        if let route = hosts.find(host, length, hash: HostIndex.hash(host, length)) { return route }
        return wildcards.count == 0 ? nil : wildcardRoute(host, length)
    }

    /// One pass from the end: at each dot the hash of what follows is at hand.
    @inline(never)
    private borrowing func wildcardRoute(
        _ host: UnsafePointer<UInt8>, _ length: Int
    ) -> UnsafeMutablePointer<CompiledRoute>? {
        var longest: UnsafeMutablePointer<CompiledRoute>?
        var value = HostIndex.seed
        var index = length
        while index > 1 {
            index &-= 1
            value = HostIndex.step(value, host[index])
            if host[index] == UInt8(ascii: "."),
                let route = wildcards.find(host + index, length &- index, hash: HostIndex.finish(value))
            {
                longest = route
            }
        }
        return longest
    }

    deinit {
        for route in routes { route.backends.deallocate() }
        routes.baseAddress?.deinitialize(count: routes.count)
        routes.deallocate()
        names.deallocate()
        hosts.free()
        wildcards.free()
    }
}
