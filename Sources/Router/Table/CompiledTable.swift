internal import Model

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One host's route, ready to be followed.
struct CompiledRoute {
    enum Kind: UInt8 { case serving, starting, asleep, refusing }

    let kind: Kind
    /// `nil` for the platform's own hosts.
    let app: AppID?
    let fault: RouterFault?
    let backends: UnsafeMutablePointer<UnsafeMutablePointer<Backend>>
    let backendCount: Int
    let keepsSessions: Bool
    /// The daemon has been told of a request for this sleeping app.
    var hasAskedToWake = false

    fileprivate let hash: UInt64
    fileprivate let host: UnsafeMutablePointer<UInt8>
    fileprivate let hostLength: Int
}

/// A routing table in raw memory: open addressing, found by the bytes of a lower-case host, without a String.
///
/// Belongs to one loop; replaced whole, and freed at once, because requests keep backends, never routes.
struct CompiledTable: ~Copyable {
    private let slots: UnsafeMutablePointer<UnsafeMutablePointer<CompiledRoute>?>
    private let mask: Int
    let version: UInt64
    let appNames: [String]

    /// - Parameter backend: gives the loop's backend for a listed one; those without an address are left out.
    init(
        _ table: RoutingTable, backend: (RoutingTable.Backend) -> UnsafeMutablePointer<Backend>?
    ) {
        var capacity = 16
        while capacity < table.routes.count * 2 { capacity *= 2 }
        mask = capacity - 1
        version = table.version
        appNames = table.appNames
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: nil, count: capacity)
        for (host, route) in table.routes { insert(Self.compile(host, route, backend)) }
    }

    private func insert(_ route: UnsafeMutablePointer<CompiledRoute>) {
        var index = Int(truncatingIfNeeded: route.pointee.hash) & mask
        while slots[index] != nil { index = (index + 1) & mask }
        slots[index] = route
    }

    private static func compile(
        _ host: String, _ route: RoutingTable.Route,
        _ backend: (RoutingTable.Backend) -> UnsafeMutablePointer<Backend>?
    ) -> UnsafeMutablePointer<CompiledRoute> {
        let bytes = Array(host.utf8)
        let name = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
        for (index, byte) in bytes.enumerated() { name[index] = byte }
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
        let made = UnsafeMutablePointer<CompiledRoute>.allocate(capacity: 1)
        made.initialize(
            to: CompiledRoute(
                kind: kind, app: route.app, fault: fault, backends: list, backendCount: backends.count,
                keepsSessions: route.keepsSessions, hash: hash(name, bytes.count), host: name, hostLength: bytes.count))
        return made
    }

    /// - Parameter host: lower case, without port and trailing dot.
    @inline(__always)
    borrowing func route(_ host: UnsafePointer<UInt8>, _ length: Int) -> UnsafeMutablePointer<CompiledRoute>? {
        let wanted = Self.hash(host, length)
        var index = Int(truncatingIfNeeded: wanted) & mask
        while let route = slots[index] {
            if route.pointee.hash == wanted, route.pointee.hostLength == length,
                memcmp(route.pointee.host, host, length) == 0
            {
                return route
            }
            index = (index &+ 1) & mask
        }
        return nil
    }

    /// FNV-1a: hosts are short, and only the daemon chooses what is in the table.
    @inline(__always)
    private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        var index = 0
        while index < count {
            value = (value ^ UInt64(bytes[index])) &* 0x100_0000_01B3
            index &+= 1
        }
        return value ^ (value >> 29)
    }

    deinit {
        for index in 0...mask {
            guard let route = slots[index] else { continue }
            route.pointee.host.deallocate()
            route.pointee.backends.deallocate()
            route.deinitialize(count: 1)
            route.deallocate()
        }
        slots.deallocate()
    }
}
