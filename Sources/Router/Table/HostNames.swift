internal import Model

/// The names of a routing table, each with the number of its route: what grows with the hosts, and is the same for every
/// loop. Made once, on the thread that takes tables, so that ten thousand hosts hold up no request.
final class HostNames: @unchecked Sendable {  // Nothing in it changes once it is made.
    /// The hosts of the table's routes, by number.
    let order: [String]
    private(set) var hosts: HostIndex
    /// By what the names end in, with the dot in front; hashed from the end.
    private(set) var wildcards: HostIndex
    private let bytes: UnsafeMutablePointer<UInt8>
    private var used = 0

    init(_ table: RoutingTable) {
        order = Array(table.routes.keys)
        hosts = HostIndex(expecting: order.count + table.aliases.count)
        wildcards = HostIndex(expecting: table.aliases.keys.count { $0.utf8.first == UInt8(ascii: "*") })
        bytes = .allocate(
            capacity: order.reduce(1) { $0 + $1.utf8.count } + table.aliases.keys.reduce(0) { $0 + $1.utf8.count })
        var numbers: [String: Int] = [:]
        for (number, host) in order.enumerated() {
            numbers[host] = number
            insert(host, number)
        }
        for (host, target) in table.aliases where numbers[host] == nil {
            if let number = numbers[target] { insert(host, number) }
        }
    }

    private func insert(_ host: String, _ route: Int) {
        let start = bytes + used
        var host = host
        var length = 0
        let isWildcard = host.utf8.first == UInt8(ascii: "*")
        host.withUTF8 { name in
            let skipped = isWildcard ? 1 : 0
            guard let first = name.baseAddress, name.count > skipped else { return }
            length = name.count - skipped
            start.update(from: first + skipped, count: length)
        }
        used += length
        guard isWildcard else { return hosts.insert(start, length, hash: HostIndex.hash(start, length), route) }
        var value = HostIndex.seed
        for index in (0..<length).reversed() { value = HostIndex.step(value, start[index]) }
        wildcards.insert(start, length, hash: HostIndex.finish(value), route)
    }

    deinit {
        hosts.free()
        wildcards.free()
        bytes.deallocate()
    }
}
