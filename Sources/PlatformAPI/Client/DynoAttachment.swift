internal import Posix

/// Both ends of a one-off dyno's streams.
///
/// Frames of `paas-attach/1`: a type byte, the payload's length (u32, big-endian), the payload. To the dyno: `I` input,
/// `E` end of input, `W` rows and columns (u16 each), `S` signal (u8). From it: `O` output, `X` exit status (i32).
package final class DynoAttachment: Sendable {
    package enum Event: Sendable, Equatable {
        case output([UInt8])
        /// The last event.
        case exited(Int32)
    }

    private let socket: AsyncStreamSocket
    private let gate = WriteGate()

    init(_ socket: AsyncStreamSocket) { self.socket = socket }

    package func send(input: [UInt8]) async throws { try await send("I", input) }

    package func endInput() async throws { try await send("E", []) }

    package func resize(rows: Int, columns: Int) async throws {
        var writer = ByteWriter()
        writer.put(UInt16(clamping: rows))
        writer.put(UInt16(clamping: columns))
        try await send("W", writer.bytes)
    }

    package func signal(_ number: UInt8) async throws { try await send("S", [number]) }

    /// What the dyno did next; `nil` when the platform hung up before the dyno ended. For one task.
    package func next() async throws -> Event? {
        while true {
            guard let head = try await exactly(5) else { return nil }
            let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
            guard length <= 1 << 20, let payload = try await exactly(length) else { return nil }
            switch head[0] {
            case UInt8(ascii: "O"): return .output(payload)
            case UInt8(ascii: "X"):
                var reader = ByteReader(payload)
                return .exited(try reader.integer())
            default: continue  // A newer daemon's news.
            }
        }
    }

    package func close() { socket.close() }

    private func send(_ type: Character, _ payload: [UInt8]) async throws {
        var writer = ByteWriter()
        writer.put(type.asciiValue ?? 0)
        writer.put(payload)
        let frame = writer.bytes
        try await gate.pass { [socket] in try await socket.write(frame) }
    }

    private func exactly(_ count: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = try await socket.read(atMost: count - bytes.count)
            if part.isEmpty { return nil }
            bytes += part
        }
        return bytes
    }
}

/// Lets one task through at a time, in the order they came.
private actor WriteGate {
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass(_ body: @Sendable () async throws -> Void) async throws {
        if isBusy { await withCheckedContinuation { waiting.append($0) } }
        isBusy = true
        defer {
            if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
        }
        try await body()
    }
}
