internal import Model
internal import Posix

/// All that a shim has to know to start its dyno. It travels through a socket only: never by argument or environment,
/// where other processes could read config vars.
struct LaunchPlan: Equatable, Sendable {
    var level: SandboxLevel
    /// Whom the dyno's processes belong to, seen from the machine.
    var userID: UInt32
    var groupID: UInt32
    var content: DynoSpec.Content
    var command: String
    var environment: [String: String]
    /// Where it has to listen, for ``DynoEvent/bound(_:)``.
    var port: UInt16?
    var streams: DynoSpec.Streams
    var hostname: String
    /// Folders of language versions below people's homes, which a dyno may read.
    var toolchains: [String]
    /// Folders that a dyno must not see even where it sees what is around them: homes.
    var hidden: [String]
    /// The host names that every dyno knows, kept up to date by the daemon; used where it exists.
    var hostsFile: String
    var quota = Quota()
    /// Where its control groups are made.
    var groups = GroupPlaces.none
    /// What stands in front of its lines of `log-runtime-metrics`; empty when there are none.
    var metrics = ""
    var network = DynoNetwork.shared
    /// Addresses of this machine at which others reach a dyno that listens on all of them.
    var outsideAddresses: [String] = []
    /// ``DynoSpec/acceptsLoopback``.
    var acceptsLoopback = true
    /// Whether the shim has inherited a file system for what the dyno writes, as ``ScratchMount/descriptor``.
    var hasOwnDisk = false
    /// ``DynoSpec/readable``.
    var readable: [String] = []

    /// The environment that the command gets.
    ///
    /// - Parameter home: `/app`, or where the app's files are at L3.
    func completeEnvironment(home: String) -> [String: String] {
        var complete = environment
        complete["HOME"] = home
        complete["PWD"] = home
        if complete["PATH"] == nil { complete["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
        if let port { complete["PORT"] = String(port) }
        return complete
    }
}

extension LaunchPlan {
    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.put(level.rawValue)
        writer.put(userID)
        writer.put(groupID)
        switch content {
        case .slug(let layers):
            writer.put(UInt8(0))
            writer.put(list: layers) { $0.put($1) }
        case .build(let folders):
            writer.put(UInt8(1))
            writer.put(folders.tree)
            writer.put(folders.cache)
            writer.put(list: folders.overlays) { writer, overlay in
                writer.put(overlay.source)
                writer.put(overlay.below)
            }
            writer.put(list: folders.readable) { $0.put($1) }
        }
        writer.put(command)
        writer.put(environment)
        writer.put(port ?? 0)
        switch streams {
        case .logged: writer.put(UInt8(0))
        case .terminal(let rows, let columns):
            writer.put(UInt8(1))
            writer.put(Int32(clamping: rows))
            writer.put(Int32(clamping: columns))
        case .pipes: writer.put(UInt8(2))
        }
        writer.put(hostname)
        writer.put(list: toolchains) { $0.put($1) }
        writer.put(list: hidden) { $0.put($1) }
        writer.put(hostsFile)
        quota.write(to: &writer)
        groups.write(to: &writer)
        writer.put(metrics)
        switch network {
        case .shared: writer.put(UInt8(0))
        case .own(let ports):
            writer.put(UInt8(1))
            writer.put(list: ports) { $0.put($1) }
        }
        writer.put(list: outsideAddresses) { $0.put($1) }
        writer.put(acceptsLoopback)
        writer.put(hasOwnDisk)
        writer.put(list: readable) { $0.put($1) }
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(ByteReader.Malformed) {
        var reader = ByteReader(bytes)
        guard let level = SandboxLevel(rawValue: try reader.text()) else { throw ByteReader.Malformed() }
        self.level = level
        userID = try reader.integer()
        groupID = try reader.integer()
        switch try reader.integer(UInt8.self) {
        case 0: content = .slug(layers: try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() })
        case 1:
            content = .build(
                DynoSpec.BuildFolders(
                    tree: try reader.text(), cache: try reader.text(),
                    overlays: try reader.list { (reader) throws(ByteReader.Malformed) in
                        (source: try reader.text(), below: try reader.text())
                    },
                    readable: try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() }))
        default: throw ByteReader.Malformed()
        }
        command = try reader.text()
        environment = try reader.dictionary()
        let port: UInt16 = try reader.integer()
        self.port = port == 0 ? nil : port
        switch try reader.integer(UInt8.self) {
        case 0: streams = .logged
        case 1:
            streams = .terminal(rows: Int(try reader.integer(Int32.self)), columns: Int(try reader.integer(Int32.self)))
        case 2: streams = .pipes
        default: throw ByteReader.Malformed()
        }
        hostname = try reader.text()
        toolchains = try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() }
        hidden = try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() }
        hostsFile = try reader.text()
        quota = try Quota(from: &reader)
        groups = try GroupPlaces(from: &reader)
        metrics = try reader.text()
        switch try reader.integer(UInt8.self) {
        case 0: network = .shared
        case 1:
            network = .own(
                machinePorts: try reader.list { (reader) throws(ByteReader.Malformed) in try reader.integer() })
        default: throw ByteReader.Malformed()
        }
        outsideAddresses = try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() }
        acceptsLoopback = try reader.bool()
        hasOwnDisk = try reader.bool()
        readable = try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() }
    }
}
