internal import CPosix
internal import Posix

/// Finds out when a dyno listens on its port: a socket in the kernel's list that a process of the dyno's own tree
/// holds. Nobody connects to try: a server with one slot would waste it.
struct PortWatch {
    enum Finding: Equatable {
        case bound(address: String)
        case note(String)
    }

    let port: UInt16
    /// A process in the network to look at, when that is not this program's own.
    private let network: Int32?
    /// Where others reach what listens on all addresses.
    private let outside: [String]
    private let startedAt: UInt64
    private(set) var nextLook: UInt64
    private var hasNoted = false
    private var nextRemarkLook: UInt64
    private var hasSeenStranger = false

    init(port: UInt16, now: UInt64, network: Int32? = nil, outside: [String] = []) {
        self.port = port
        self.network = network
        self.outside = outside
        startedAt = now
        nextLook = now + 2_000_000
        nextRemarkLook = now + 3_000_000_000
    }

    /// - Parameter tree: the dyno's processes, asked for only when somebody listens.
    mutating func look(now: UInt64, tree: () -> Set<UInt32>) -> [Finding] {
        nextLook = now + interval(now - startedAt)
        let listeners = network.map { Listener.fromTables("/proc/\($0)/net") } ?? Listener.all()
        let here = listeners.filter { $0.port == port }
        let looksFurther = !hasNoted && now >= nextRemarkLook
        guard !here.isEmpty || looksFurther else { return [] }
        let own = tree()
        let bound = here.filter { own.contains($0.inode) }
        if !bound.isEmpty { return boundFindings(bound) }
        guard looksFurther else { return [] }
        nextRemarkLook = now + 1_000_000_000
        if let other = listeners.filter({ own.contains($0.inode) }).map(\.port).min() {
            hasNoted = true
            return [.note("listens on \(other), not on $PORT (\(port))")]
        }
        // Twice, since a process that has just come or gone may be missed in the tree.
        if !here.isEmpty, hasSeenStranger {
            hasNoted = true
            return [.note("port \(port) is taken by another program of this machine")]
        }
        hasSeenStranger = !here.isEmpty
        return []
    }

    private func boundFindings(_ bound: [Listener]) -> [Finding] {
        // The router speaks IPv4 first; one that listens on ::1 or on all of IPv6 alone is met there.
        let address = bound.contains { !$0.isIPv6 || !$0.isLoopback } ? "127.0.0.1" : "::1"
        guard bound.allSatisfy(\.isLoopback) else {
            guard !outside.isEmpty else { return [.bound(address: address)] }
            let places = outside.map { $0.contains(":") ? "[\($0)]:\(port)" : "\($0):\(port)" }
            return [
                .bound(address: address),
                .note(
                    "listens on every address of this machine: others may reach it at \(places.joined(separator: ", "))"
                ),
            ]
        }
        let where_ = bound.contains { !$0.isIPv6 } ? "127.0.0.1" : "::1"
        return [.bound(address: address), .note("listens on \(where_) only; Heroku wants 0.0.0.0:$PORT")]
    }

    /// Often at first, when every millisecond of a deploy counts.
    private func interval(_ elapsed: UInt64) -> UInt64 {
        switch elapsed {
        case ..<2_000_000_000: 2_000_000
        case ..<10_000_000_000: 5_000_000
        default: 20_000_000
        }
    }
}

/// A listening TCP socket of this machine.
struct Listener: Equatable {
    var inode: UInt32
    var port: UInt16
    var isLoopback: Bool
    var isIPv6: Bool

    static func all() -> [Listener] {
        var capacity: Int32 = 256
        while true {
            var raw = [cpx_listener](repeating: cpx_listener(), count: Int(capacity))
            let count = cpx_listeners(&raw, capacity)
            if count < 0 { return fromTables() }
            if count <= capacity {
                return raw.prefix(Int(count)).map {
                    Listener(inode: $0.inode, port: $0.port, isLoopback: $0.loopback != 0, isIPv6: $0.ipv6 != 0)
                }
            }
            capacity = count + 64
        }
    }

    /// Where the kernel's netlink interface is closed to us.
    static func fromTables(_ folder: String = "/proc/net") -> [Listener] {
        [("\(folder)/tcp", false), ("\(folder)/tcp6", true)].flatMap { path, isIPv6 in
            let text = (try? FileTree.readText(path)) ?? ""
            return text.split(separator: "\n").dropFirst().compactMap { parse($0, isIPv6: isIPv6) }
        }
    }

    private static func parse(_ line: Substring, isIPv6: Bool) -> Listener? {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == "0A", let inode = UInt32(fields[9]) else { return nil }
        let parts = fields[1].split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
        // Addresses are words in the machine's byte order, written as hexadecimal numbers.
        let isLoopback =
            isIPv6
            ? parts[0] == "00000000000000000000000001000000" : parts[0].hasSuffix("7F") && parts[0].count == 8
        return Listener(inode: inode, port: port, isLoopback: isLoopback, isIPv6: isIPv6)
    }
}
