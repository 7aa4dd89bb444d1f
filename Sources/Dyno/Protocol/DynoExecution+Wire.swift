internal import Model
internal import Posix

extension DynoExecution {
    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.put(command)
        writer.put(environment)
        switch streams {
        case .terminal(let rows, let columns):
            writer.put(true)
            writer.put(Int32(clamping: rows))
            writer.put(Int32(clamping: columns))
        case .pipes, .logged: writer.put(false)
        }
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(ByteReader.Malformed) {
        var reader = ByteReader(bytes)
        let command = try reader.text()
        let environment = try reader.dictionary()
        guard try reader.bool() else {
            self.init(command: command, environment: environment, streams: .pipes)
            return
        }
        let rows = Int(try reader.integer(Int32.self))
        let columns = Int(try reader.integer(Int32.self))
        self.init(
            command: command, environment: environment, streams: .terminal(rows: rows, columns: columns))
    }
}

extension Ending {
    func write(to writer: inout ByteWriter) {
        switch self {
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
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        let kind: UInt8 = try reader.integer()
        let value: Int32 = try reader.integer()
        switch kind {
        case 0: self = .code(value)
        case 1: self = .signal(value)
        default: self = .lost
        }
    }
}
