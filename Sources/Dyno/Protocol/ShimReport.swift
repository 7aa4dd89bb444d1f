internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a shim tells everyone who is connected. A client that connects later gets the same in short.
enum ShimReport: Equatable, Sendable {
    case hello(version: UInt16, shim: Int32)
    case launched
    /// The dyno could not be set up; the shim leaves after this.
    case failed(LaunchFailure)
    case bound(address: String, port: UInt16)
    /// The spool holds the output up to here.
    case output(position: UInt64)
    /// All output is in the spool, and the exit file stands.
    case ended(ExitRecord)
    /// How many bytes of this client's input the dyno has taken altogether, or will never take.
    case tookInput(total: UInt64)
    /// The command that this client has asked for beside the dyno's own runs.
    case executing
    case notExecuted(LaunchFailure)
    case executionOutput([UInt8])
    case executionEnded(Ending)
    /// As ``bound(address:port:)``, in the dyno's own network, behind its door.
    case boundInside(address: String, port: UInt16)
    /// Somebody else listens on the dyno's port.
    case portTaken(PortThief)

    var frame: Frame {
        var writer = ByteWriter()
        let kind: UInt8
        switch self {
        case .hello(let version, let shim):
            kind = 1
            writer.put(version)
            writer.put(shim)
        case .launched: kind = 2
        case .failed(let failure):
            kind = 3
            failure.write(to: &writer)
        case .bound(let address, let port):
            kind = 4
            writer.put(address)
            writer.put(port)
        case .output(let position):
            kind = 5
            writer.put(position)
        case .ended(let record):
            kind = 6
            record.write(to: &writer)
        case .tookInput(let total):
            kind = 7
            writer.put(total)
        case .executing: kind = 40
        case .notExecuted(let failure):
            kind = 41
            failure.write(to: &writer)
        case .executionOutput(let bytes): return Frame(kind: 42, payload: bytes)
        case .executionEnded(let ending):
            kind = 43
            ending.write(to: &writer)
        case .boundInside(let address, let port):
            kind = 50
            writer.put(address)
            writer.put(port)
        case .portTaken(let thief):
            kind = 30
            thief.write(to: &writer)
        }
        return Frame(kind: kind, payload: writer.bytes)
    }

    /// - Returns: `nil` for a kind that a newer shim may know, to be passed over.
    init?(_ frame: Frame) throws(ByteReader.Malformed) {
        var reader = ByteReader(frame.payload)
        switch frame.kind {
        case 1: self = .hello(version: try reader.integer(), shim: try reader.integer())
        case 2: self = .launched
        case 3: self = .failed(try LaunchFailure(from: &reader))
        case 4: self = .bound(address: try reader.text(), port: try reader.integer())
        case 5: self = .output(position: try reader.integer())
        case 6: self = .ended(try ExitRecord(from: &reader))
        case 7: self = .tookInput(total: try reader.integer())
        case 40: self = .executing
        case 41: self = .notExecuted(try LaunchFailure(from: &reader))
        case 42: self = .executionOutput(frame.payload)
        case 43: self = .executionEnded(try Ending(from: &reader))
        case 50: self = .boundInside(address: try reader.text(), port: try reader.integer())
        case 30: self = .portTaken(try PortThief(from: &reader))
        default: return nil
        }
    }
}

/// The step of a dyno's set-up that failed, and the `errno` it left; 0 when there is none.
struct LaunchFailure: Error, Equatable, Sendable, CustomStringConvertible {
    var step: String
    var code: Int32

    init(step: String, code: Int32) {
        self.step = step
        self.code = code
    }

    init(_ error: PosixError) { self.init(step: error.call, code: error.code) }

    var description: String {
        switch (step, code) {
        case (_, 0): step
        // The kernel speaks of a full disk when a limit of /proc/sys/user is reached.
        case ("make namespaces", ENOSPC), ("make a network", ENOSPC):
            "\(step): this machine allows no more of them (sysctl user.max_user_namespaces)"
        default: PosixError(code, step).description
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.put(step)
        writer.put(code)
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        self.init(step: try reader.text(), code: try reader.integer())
    }
}

extension PortThief {
    func write(to writer: inout ByteWriter) {
        writer.put(port)
        writer.put(userID)
        writer.put(program ?? "")
        writer.put(processID ?? 0)
        writer.put(dyno?.description ?? "")
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        self.init(port: try reader.integer(), userID: try reader.integer())
        let program = try reader.text()
        let process: Int32 = try reader.integer()
        self.program = program.isEmpty ? nil : program
        processID = process == 0 ? nil : process
        dyno = DynoID(try reader.text())
    }
}
