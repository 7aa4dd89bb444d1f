/// Which network a dyno's processes are in.
package enum DynoNetwork: Sendable, Equatable {
    /// The machine's own.
    case shared
    /// One of the dyno's own, where nobody but the router reaches it. It reaches the world as the machine does, and of
    /// the servers that listen on this machine's loopback those at `machinePorts`.
    case own(machinePorts: [UInt16])

    package var isOwn: Bool { self != .shared }
}

/// The servers of this machine that config vars name: `postgres://u:p@127.0.0.1:5432/db`, `localhost:6379`.
package enum MachinePorts {
    /// - Parameter values: of config vars; longer ones than any address are passed over.
    package static func named(in values: some Sequence<String>) -> Set<UInt16> {
        var ports: Set<UInt16> = []
        for value in values where value.utf8.count <= 4096 {
            for match in value.matches(of: place) {
                if let port = match.output.3.flatMap({ UInt16($0) }) {
                    ports.insert(port)
                } else if let scheme = match.output.1, let port = standard[scheme.lowercased()] {
                    ports.insert(port)
                }
            }
        }
        ports.remove(0)
        return ports
    }

    /// Where data services listen that an app may look for without being told.
    package static let dataServices: Set<UInt16> = [3306, 5432, 5672, 6379, 9200, 11_211, 27_017]

    private static let standard: [String: UInt16] = [
        "postgres": 5432, "postgresql": 5432, "mysql": 3306, "mysql2": 3306, "redis": 6379, "rediss": 6379,
        "amqp": 5672, "mongodb": 27_017, "http": 80, "https": 443, "smtp": 25,
    ]

    private static var place: Regex<(Substring, Substring?, Substring, Substring?)> {
        /(?:([A-Za-z][A-Za-z0-9+.\-]*):\/\/(?:[^\/\s@]*@)?)?((?:[a-z0-9\-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?/
    }
}
