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

    var frame: Frame {
        var writer = ByteWriter()
        switch self {
        case .go: return Frame(kind: 1, payload: [])
        case .signal(let number):
            writer.put(number)
            return Frame(kind: 2, payload: writer.bytes)
        case .terminate: return Frame(kind: 3, payload: [])
        case .kill: return Frame(kind: 4, payload: [])
        }
    }

    init(_ frame: Frame) throws(ByteReader.Malformed) {
        var reader = ByteReader(frame.payload)
        switch frame.kind {
        case 1: self = .go
        case 2: self = .signal(try reader.integer())
        case 3: self = .terminate
        case 4: self = .kill
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
    /// Programs that the command had left in the background when it ended, and that end with it.
    case left([String])

    var frame: Frame {
        var writer = ByteWriter()
        switch self {
        case .terminal: return Frame(kind: 1, payload: [])
        case .launched: return Frame(kind: 2, payload: [])
        case .failed(let failure):
            failure.write(to: &writer)
            return Frame(kind: 3, payload: writer.bytes)
        case .ended(let ending):
            switch ending {
            case .code(let code):
                writer.put(UInt8(0))
                writer.put(code)
            case .signal(let number):
                writer.put(UInt8(1))
                writer.put(number)
            case .lost:
                writer.put(UInt8(2))
                writer.put(Int32(0))
            }
            return Frame(kind: 4, payload: writer.bytes)
        case .left(let programs):
            writer.put(list: programs) { $0.put($1) }
            return Frame(kind: 5, payload: writer.bytes)
        }
    }

    init(_ frame: Frame) throws(ByteReader.Malformed) {
        var reader = ByteReader(frame.payload)
        switch frame.kind {
        case 1: self = .terminal
        case 2: self = .launched
        case 3: self = .failed(try LaunchFailure(from: &reader))
        case 4:
            let kind: UInt8 = try reader.integer()
            let value: Int32 = try reader.integer()
            switch kind {
            case 0: self = .ended(.code(value))
            case 1: self = .ended(.signal(value))
            default: self = .ended(.lost)
            }
        case 5: self = .left(try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() })
        default: throw ByteReader.Malformed()
        }
    }
}
