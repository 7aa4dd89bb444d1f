internal import Model
internal import Posix

/// What daemon and router say to each other over the router's control socket.
///
/// On the wire: the length of what follows (four bytes, big-endian), a kind, and the kind's own fields. Descriptors
/// travel beside the bytes (SCM_RIGHTS), in the order in which the messages name them.
enum ControlMessage: Equatable {
    /// Both sides' first; its form never changes, so that any two versions understand it. The router's comes with its
    /// listeners' descriptors.
    case hello(version: UInt32, processID: Int32, tableVersion: UInt64, listeners: [Place])
    /// Daemon: serve these; comes with their descriptors.
    case listen([Place])
    /// Daemon: serve this from now on; answered by `installed` with the same token.
    case install(token: UInt64, RoutingTable)
    case installed(token: UInt64)
    /// Daemon: say `drained` when none of these dynos has a request in flight.
    case drain(token: UInt64, [DynoID])
    case drained(token: UInt64)
    /// Daemon: finish what is in flight, then end.
    case stop
    /// Router: access records, as the loops write them.
    case records([UInt8])
    case wake(AppID)
    /// Daemon: say how long these dynos have been without a request.
    case activity(token: UInt64, [DynoID])
    /// In milliseconds, in the order of the question; 0 for a dyno with a request in flight, `.max` for one that no
    /// loop knows.
    case activityIs(token: UInt64, [UInt64])
    /// Router: so many bytes of records were lost while no daemon listened.
    case lost(bytes: UInt64)
    /// Daemon: send all records that there are; answered by `reported` behind them.
    case report(token: UInt64)
    case reported(token: UInt64)
    /// Daemon: speak TLS with this from now on.
    case secure(TLSMaterial)

    /// An address and a port, whose descriptor travels beside the message.
    struct Place: Equatable {
        let address: String
        let port: UInt16
        var expectsPreamble = false

        init(_ listener: RouterListener) {
            self.init(address: listener.address, port: listener.port, expectsPreamble: listener.expectsPreamble)
        }

        init(address: String, port: UInt16, expectsPreamble: Bool = false) {
            self.address = address
            self.port = port
            self.expectsPreamble = expectsPreamble
        }
    }

    static let version: UInt32 = 4
    /// The longest message: a table of some hundred thousand routes.
    static let limitBytes = 64 << 20

    private enum Kind: UInt8 {
        case hello = 1
        case listen, install, installed, drain, drained, stop, records, wake, lost, activity, activityIs, secure,
            report, reported
    }

    private var kind: Kind {
        switch self {
        case .hello: .hello
        case .listen: .listen
        case .install: .install
        case .installed: .installed
        case .drain: .drain
        case .drained: .drained
        case .stop: .stop
        case .records: .records
        case .wake: .wake
        case .lost: .lost
        case .activity: .activity
        case .activityIs: .activityIs
        case .secure: .secure
        case .report: .report
        case .reported: .reported
        }
    }

    /// The message with its length in front.
    var frame: [UInt8] {
        var writer = ByteWriter()
        writer.put(kind.rawValue)
        switch self {
        case .hello(let version, let processID, let tableVersion, let places):
            writer.put(version)
            writer.put(processID)
            writer.put(tableVersion)
            Self.put(places, &writer)
        case .listen(let places): Self.put(places, &writer)
        case .install(let token, let table):
            writer.put(token)
            writer.put(TableCoding.encode(table))
        case .installed(let token), .drained(let token): writer.put(token)
        case .drain(let token, let dynos), .activity(let token, let dynos):
            writer.put(token)
            writer.put(list: dynos) { writer, dyno in writer.put(dyno.description) }
        case .stop: break
        case .records(let block): writer.put(block)
        case .wake(let app): writer.put(app.description)
        case .lost(let count): writer.put(count)
        case .activityIs(let token, let times):
            writer.put(token)
            writer.put(list: times) { writer, time in writer.put(time) }
        case .secure(let material): material.write(to: &writer)
        case .report(let token), .reported(let token): writer.put(token)
        }
        var length = ByteWriter()
        length.put(UInt32(writer.bytes.count))
        return length.bytes + writer.bytes
    }

    /// - Parameter body: a message without its length.
    init(_ body: [UInt8]) throws(ByteReader.Malformed) {
        var reader = ByteReader(body)
        guard let kind = Kind(rawValue: try reader.integer(UInt8.self)) else { throw ByteReader.Malformed() }
        switch kind {
        case .hello:
            self = .hello(
                version: try reader.integer(), processID: try reader.integer(), tableVersion: try reader.integer(),
                listeners: try Self.places(&reader))
        case .listen: self = .listen(try Self.places(&reader))
        case .install:
            let token = try reader.integer(UInt64.self)
            var table = ByteReader(try reader.byteString())
            self = .install(token: token, try TableCoding.decode(&table))
        case .installed: self = .installed(token: try reader.integer())
        case .drain:
            let token = try reader.integer(UInt64.self)
            self = .drain(token: token, try Self.dynos(&reader))
        case .drained: self = .drained(token: try reader.integer())
        case .stop: self = .stop
        case .records: self = .records(try reader.byteString())
        case .wake:
            guard let app = AppID(try reader.text()) else { throw ByteReader.Malformed() }
            self = .wake(app)
        case .lost: self = .lost(bytes: try reader.integer())
        case .secure: self = .secure(try TLSMaterial(from: &reader))
        case .report: self = .report(token: try reader.integer())
        case .reported: self = .reported(token: try reader.integer())
        case .activity:
            let token = try reader.integer(UInt64.self)
            self = .activity(token: token, try Self.dynos(&reader))
        case .activityIs:
            let token = try reader.integer(UInt64.self)
            self = .activityIs(
                token: token,
                try reader.list { (reader) throws(ByteReader.Malformed) in try reader.integer(UInt64.self) })
        }
    }

    private static func dynos(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> [DynoID] {
        try reader.list { (reader) throws(ByteReader.Malformed) in
            guard let dyno = DynoID(try reader.text()) else { throw ByteReader.Malformed() }
            return dyno
        }
    }

    private static func put(_ places: [Place], _ writer: inout ByteWriter) {
        writer.put(list: places) { writer, place in
            writer.put(place.address)
            writer.put(place.port)
            writer.put(UInt8(place.expectsPreamble ? 1 : 0))
        }
    }

    private static func places(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> [Place] {
        try reader.list { (reader) throws(ByteReader.Malformed) in
            let address = try reader.text()
            let port = try reader.integer(UInt16.self)
            return Place(address: address, port: port, expectsPreamble: try reader.integer(UInt8.self) != 0)
        }
    }
}

/// Cuts a stream of bytes into messages, and keeps the descriptors that came with them until a message wants them.
struct ControlInput: ~Copyable {
    private var bytes: [UInt8] = []
    private var descriptors: [Int32] = []

    mutating func add(_ more: [UInt8], _ descriptors: [Int32]) {
        bytes += more
        self.descriptors += descriptors
    }

    /// - Returns: `nil` when the next message is not complete.
    mutating func next() throws(ByteReader.Malformed) -> ControlMessage? {
        guard bytes.count >= 4 else { return nil }
        var reader = ByteReader(bytes[..<4])
        let length = Int(try reader.integer(UInt32.self))
        guard length <= ControlMessage.limitBytes else { throw ByteReader.Malformed() }
        guard bytes.count >= 4 + length else { return nil }
        let body = Array(bytes[4..<4 + length])
        bytes.removeFirst(4 + length)
        return try ControlMessage(body)
    }

    /// Hands over the descriptors of a message that names `count`.
    mutating func take(_ count: Int) throws(ByteReader.Malformed) -> [Int32] {
        guard descriptors.count >= count else { throw ByteReader.Malformed() }
        defer { descriptors.removeFirst(count) }
        return Array(descriptors.prefix(count))
    }

    deinit { for descriptor in descriptors { _ = Descriptor(owning: descriptor) } }
}
