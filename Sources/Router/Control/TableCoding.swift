internal import Model
internal import Posix

/// A routing table as bytes, for the way from the daemon to the router.
enum TableCoding {
    static func encode(_ table: RoutingTable) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(table.version)
        writer.put(list: table.routes.sorted { $0.key < $1.key }) { writer, pair in
            writer.put(pair.key)
            writer.put(pair.value.app?.description ?? "")
            writer.put(UInt8((pair.value.keepsSessions ? 1 : 0) | (pair.value.certifiesAliases ? 2 : 0)))
            writer.put(pair.value.pages.error ?? "")
            writer.put(pair.value.pages.maintenance ?? "")
            put(pair.value.state, &writer)
        }
        writer.put(UInt32(table.aliases.count))
        writer.put(list: grouped(table.aliases)) { writer, group in
            writer.put(group.target)
            writer.put(group.hosts)
        }
        writer.put(list: table.appNames) { writer, name in writer.put(name) }
        return writer.bytes
    }

    /// The hosts of each target as one text, a line each: there may be ten thousand of them.
    private static func grouped(_ aliases: [String: String]) -> [(target: String, hosts: [UInt8])] {
        var groups: [String: [UInt8]] = [:]
        for (host, target) in aliases {
            groups[target, default: []].append(contentsOf: host.utf8)
            groups[target, default: []].append(UInt8(ascii: "\n"))
        }
        return groups.map { ($0.key, $0.value) }
    }

    private static func aliases(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> [String: String] {
        let count = try reader.integer(UInt32.self)
        let groups = try reader.list { (reader) throws(ByteReader.Malformed) in
            (try reader.text(), try reader.byteString())
        }
        // A count that is made up costs no memory.
        var aliases = [String: String](minimumCapacity: min(Int(count), groups.reduce(0) { $0 + $1.1.count }))
        for (target, hosts) in groups {
            for host in hosts.split(separator: UInt8(ascii: "\n")) {
                aliases[String(decoding: host, as: UTF8.self)] = target
            }
        }
        guard aliases.count == count else { throw ByteReader.Malformed() }
        return aliases
    }

    private static func put(_ state: RoutingTable.State, _ writer: inout ByteWriter) {
        switch state {
        case .serving(let backends):
            writer.put(UInt8(0))
            writer.put(list: backends) { writer, backend in
                writer.put(backend.id.description)
                writer.put(backend.name)
                switch backend.endpoint {
                case .tcp(let address, let port):
                    writer.put(UInt8(0))
                    writer.put(address)
                    writer.put(port)
                case .unix(let path):
                    writer.put(UInt8(1))
                    writer.put(path)
                case .inside(let door, let address, let port):
                    writer.put(UInt8(2))
                    writer.put(door)
                    writer.put(address)
                    writer.put(port)
                }
            }
        case .starting: writer.put(UInt8(1))
        case .asleep: writer.put(UInt8(2))
        case .refusing(let fault):
            writer.put(UInt8(3))
            writer.put(fault.rawValue)
        }
    }

    static func decode(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> RoutingTable {
        let version = try reader.integer(UInt64.self)
        let routes = try reader.list { (reader) throws(ByteReader.Malformed) in
            let host = try reader.text()
            let app = try reader.text()
            let switches = try reader.integer(UInt8.self)
            let (error, maintenance) = (try reader.text(), try reader.text())
            let pages = RoutingTable.Pages(
                error: error.isEmpty ? nil : error, maintenance: maintenance.isEmpty ? nil : maintenance)
            let state = try state(&reader)
            let id = app.isEmpty ? nil : AppID(app)
            return (
                host,
                RoutingTable.Route(
                    app: id, state: state, pages: pages, keepsSessions: switches & 1 != 0,
                    certifiesAliases: switches & 2 != 0)
            )
        }
        let aliases = try aliases(&reader)
        let names = try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() }
        return RoutingTable(
            version: version, routes: Dictionary(routes, uniquingKeysWith: { $1 }),
            aliases: aliases, appNames: names)
    }

    private static func state(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> RoutingTable.State {
        switch try reader.integer(UInt8.self) {
        case 0:
            return .serving(
                try reader.list { (reader) throws(ByteReader.Malformed) in
                    guard let id = DynoID(try reader.text()) else { throw ByteReader.Malformed() }
                    let name = try reader.text()
                    return RoutingTable.Backend(id: id, name: name, endpoint: try endpoint(&reader))
                })
        case 1: return .starting
        case 2: return .asleep
        case 3:
            guard let fault = RouterFault(rawValue: try reader.text()) else { throw ByteReader.Malformed() }
            return .refusing(fault)
        default: throw ByteReader.Malformed()
        }
    }

    private static func endpoint(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> Endpoint {
        switch try reader.integer(UInt8.self) {
        case 0:
            let address = try reader.text()
            return .tcp(address: address, port: try reader.integer(UInt16.self))
        case 1: return .unix(path: try reader.text())
        case 2:
            return .inside(door: try reader.text(), address: try reader.text(), port: try reader.integer(UInt16.self))
        default: throw ByteReader.Malformed()
        }
    }
}
