internal import Model
internal import Posix

/// What a shim tells its dyno's first process.
enum InitOrder: Equatable, Sendable {
    /// The id maps are written.
    case go
    case signal(Int32)
    /// SIGTERM to all, and wait for all of them, not only for the command.
    case terminate
    /// SIGKILL to all.
    case kill
    /// An encoded `DynoExecution`: a command beside the dyno's own. Its standard input and output come with it, unless
    /// it wants a terminal.
    case execute(number: UInt32, plan: [UInt8])
    case signalExecution(number: UInt32, signal: Int32)
    /// It is in its control groups: what it starts from now on counts there.
    case counted
    /// The dyno's own network has its way out.
    case connected
    /// The command listens, on IPv6 alone or not: sockets may be asked for.
    case listens(ipv6: Bool)
    /// As ``ShimRequest/become(folder:plan:)``, to a first process that has laid its root.
    case become(folder: String, plan: [UInt8])

    var frame: Frame {
        var writer = ByteWriter()
        switch self {
        case .go: return Frame(kind: 1, payload: [])
        case .signal(let number):
            writer.put(number)
            return Frame(kind: 2, payload: writer.bytes)
        case .terminate: return Frame(kind: 3, payload: [])
        case .kill: return Frame(kind: 4, payload: [])
        case .execute(let number, let plan):
            writer.put(number)
            return Frame(kind: 40, payload: writer.bytes + plan)
        case .signalExecution(let number, let signal):
            writer.put(number)
            writer.put(signal)
            return Frame(kind: 41, payload: writer.bytes)
        case .counted: return Frame(kind: 20, payload: [])
        case .connected: return Frame(kind: 50, payload: [])
        case .listens(let ipv6):
            writer.put(ipv6)
            return Frame(kind: 51, payload: writer.bytes)
        case .become(let folder, let plan):
            writer.put(folder)
            writer.put(plan)
            return Frame(kind: 60, payload: writer.bytes)
        }
    }

    init(_ frame: Frame) throws(ByteReader.Malformed) {
        var reader = ByteReader(frame.payload)
        switch frame.kind {
        case 1: self = .go
        case 2: self = .signal(try reader.integer())
        case 3: self = .terminate
        case 4: self = .kill
        case 40: self = .execute(number: try reader.integer(), plan: Array(frame.payload.dropFirst(4)))
        case 41: self = .signalExecution(number: try reader.integer(), signal: try reader.integer())
        case 20: self = .counted
        case 50: self = .connected
        case 51: self = .listens(ipv6: try reader.bool())
        case 60: self = .become(folder: try reader.text(), plan: try reader.byteString())
        default: throw ByteReader.Malformed()
        }
    }
}

/// What a dyno's first process tells its shim.
enum InitNews: Equatable, Sendable {
    /// The main end of the dyno's terminal comes with it.
    case terminal
    case launched
    case failed(LaunchFailure)
    /// The command has ended. Everything of the dyno has when the first process has gone.
    case ended(Ending)
    /// The main end of its terminal comes with it, when it has one.
    case executing(number: UInt32, hasTerminal: Bool)
    case notExecuted(number: UInt32, LaunchFailure)
    case executed(number: UInt32, Ending)
    /// Programs that the command had left in the background when it ended, and that end with it.
    case left([String])
    /// All of the root that is the same for every dyno is laid; it waits to be told whose it is.
    case laid

    var frame: Frame {
        var writer = ByteWriter()
        switch self {
        case .terminal: return Frame(kind: 1, payload: [])
        case .launched: return Frame(kind: 2, payload: [])
        case .failed(let failure):
            failure.write(to: &writer)
            return Frame(kind: 3, payload: writer.bytes)
        case .ended(let ending):
            ending.write(to: &writer)
            return Frame(kind: 4, payload: writer.bytes)
        case .executing(let number, let hasTerminal):
            writer.put(number)
            writer.put(hasTerminal)
            return Frame(kind: 40, payload: writer.bytes)
        case .notExecuted(let number, let failure):
            writer.put(number)
            failure.write(to: &writer)
            return Frame(kind: 41, payload: writer.bytes)
        case .executed(let number, let ending):
            writer.put(number)
            ending.write(to: &writer)
            return Frame(kind: 42, payload: writer.bytes)
        case .left(let programs):
            writer.put(list: programs) { $0.put($1) }
            return Frame(kind: 5, payload: writer.bytes)
        case .laid: return Frame(kind: 6, payload: [])
        }
    }

    init(_ frame: Frame) throws(ByteReader.Malformed) {
        var reader = ByteReader(frame.payload)
        switch frame.kind {
        case 1: self = .terminal
        case 2: self = .launched
        case 3: self = .failed(try LaunchFailure(from: &reader))
        case 4: self = .ended(try Ending(from: &reader))
        case 5: self = .left(try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() })
        case 6: self = .laid
        case 40: self = .executing(number: try reader.integer(), hasTerminal: try reader.bool())
        case 41: self = .notExecuted(number: try reader.integer(), try LaunchFailure(from: &reader))
        case 42: self = .executed(number: try reader.integer(), try Ending(from: &reader))
        default: throw ByteReader.Malformed()
        }
    }
}
