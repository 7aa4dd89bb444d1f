internal import Posix

/// What a shim is asked to do. A new number for every new meaning: an upgraded daemon meets old shims.
enum ShimRequest: Equatable, Sendable {
    /// The protocol's version at the asker; always first, except on the connection that brings the plan.
    case hello(version: UInt16)
    /// An encoded ``LaunchPlan``; only on the connection that the shim was started with.
    case launch(plan: [UInt8])
    /// An encoded ``LaunchPlan`` of what all dynos here have in common, to make ready for one that comes later; only on
    /// the connection that the shim was started with, before ``become(folder:plan:)``.
    case prepare(plan: [UInt8])
    /// The dyno for which everything stands ready, and what the run folder is called by now.
    case become(folder: String, plan: [UInt8])
    /// A signal for every process of the dyno.
    case signal(Int32)
    /// SIGTERM to every process; SIGKILL to those that are left after the grace.
    case stop(graceMilliseconds: UInt32)
    /// Bytes for the dyno's standard input.
    case input([UInt8])
    case closeInput
    case resize(rows: UInt16, columns: UInt16)
    /// How far the asker has read the output; holds back an interactive dyno whose client is slow.
    case hasRead(position: UInt64)
    /// Everything is stored elsewhere: the shim may leave.
    case release
    /// An encoded `DynoExecution`: a command beside the dyno's own, which this connection is about from now on.
    /// Shims of version 1 do not know it.
    case execute(plan: [UInt8])

    /// The version that this code speaks.
    static let version: UInt16 = 2
    /// The first whose shims know ``execute(plan:)``.
    static let firstWithExecutions: UInt16 = 2

    var frame: Frame {
        var writer = ByteWriter()
        let kind: UInt8
        switch self {
        case .hello(let version):
            kind = 1
            writer.put(version)
        case .launch(let plan): return Frame(kind: 2, payload: plan)
        case .prepare(let plan): return Frame(kind: 50, payload: plan)
        case .become(let folder, let plan):
            kind = 51
            writer.put(folder)
            writer.put(plan)
        case .signal(let number):
            kind = 3
            writer.put(number)
        case .stop(let grace):
            kind = 4
            writer.put(grace)
        case .input(let bytes): return Frame(kind: 5, payload: bytes)
        case .closeInput: kind = 6
        case .resize(let rows, let columns):
            kind = 7
            writer.put(rows)
            writer.put(columns)
        case .hasRead(let position):
            kind = 8
            writer.put(position)
        case .release: kind = 9
        case .execute(let plan): return Frame(kind: 40, payload: plan)
        }
        return Frame(kind: kind, payload: writer.bytes)
    }

    /// - Returns: `nil` for a kind that a newer daemon may know, to be passed over.
    init?(_ frame: Frame) throws(ByteReader.Malformed) {
        var reader = ByteReader(frame.payload)
        switch frame.kind {
        case 1: self = .hello(version: try reader.integer())
        case 2: self = .launch(plan: frame.payload)
        case 3: self = .signal(try reader.integer())
        case 4: self = .stop(graceMilliseconds: try reader.integer())
        case 5: self = .input(frame.payload)
        case 6: self = .closeInput
        case 7: self = .resize(rows: try reader.integer(), columns: try reader.integer())
        case 8: self = .hasRead(position: try reader.integer())
        case 9: self = .release
        case 40: self = .execute(plan: frame.payload)
        case 50: self = .prepare(plan: frame.payload)
        case 51: self = .become(folder: try reader.text(), plan: try reader.byteString())
        default: return nil
        }
    }
}
