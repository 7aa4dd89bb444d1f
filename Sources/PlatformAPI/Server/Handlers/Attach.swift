internal import APISchema
internal import HTTP
internal import Model
internal import Platform
internal import Posix

extension Call {
    /// Joins the client and a one-off dyno; `?from=N` goes on behind the first N bytes of its output.
    func attach() async throws {
        let app = try await app()
        let wanted = parameter("dyno")
        guard let id = DynoID(wanted) else { throw PlatformError.noSuchDyno(wanted) }
        let position = request.query["from"].flatMap { UInt64($0) } ?? 0
        let session = try await platform.reconciler.attach(to: id, in: app.id, from: position)
        var isServed = false
        do { isServed = try await join(session) } catch {}  // The client has gone before it began.
        // A daemon that stops leaves its dynos to the next one.
        if !Task.isCancelled { await platform.reconciler.clientLeft(id, in: app.id, isServed: isServed) }
    }

    /// Joins the client and a new command beside a dyno's own.
    func execute() async throws {
        let app = try await app()
        let body = try body(DynoExecute.self)
        let execution = DynoExecution(
            command: body.command, environment: body.env ?? [:],
            streams: .attached(body.env ?? [:], isPipe: body.forceNoTty ?? false))
        let session = try await platform.execute(execution, in: try await dyno(of: app), of: app)
        _ = try await join(session)
    }

    /// `Upgrade: paas-attach/1`, then frames of type, length and payload.
    ///
    /// From the client: `I` input, `E` end of input, `W` rows and columns, `S` a signal. To it: `O` output, `X` the
    /// exit status. Numbers are big-endian; lengths have 32 bits.
    ///
    /// - Returns: whether the client has had everything.
    private func join(_ session: DynoSession) async throws -> Bool {
        let stream = try await responder.upgrade(to: "paas-attach/1")
        let isServed = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    for await bytes in session.output { try await stream.write(AttachFrame.output(bytes).encoded) }
                    // Cancelled, the output ends too, and nobody knows how the dyno will.
                    try Task.checkCancellation()
                    let status = await session.ending().status
                    try await stream.write(AttachFrame.exit(status).encoded)
                    return true
                } catch {
                    return false  // The client has gone.
                }
            }
            group.addTask {
                // Ends with the client, however it goes; what it says wrongly ends it too.
                try? await AttachFrame.forward(from: stream, to: session)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        stream.finishWriting()
        return isServed
    }
}

/// One frame of an attached session.
enum AttachFrame {
    case output([UInt8])
    case exit(Int32)

    var encoded: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .output(let bytes):
            writer.put(UInt8(ascii: "O"))
            writer.put(bytes)
        case .exit(let status):
            writer.put(UInt8(ascii: "X"))
            writer.put(UInt32(4))
            writer.put(status)
        }
        return writer.bytes
    }

    /// The largest frame taken from a client.
    private static let limitBytes = 1 << 20

    /// Passes a client's frames on until it hangs up.
    static func forward(from stream: AsyncStreamSocket, to session: DynoSession) async throws {
        var pending: [UInt8] = []
        while true {
            let part = try await stream.read()
            if part.isEmpty { return }
            pending += part
            while pending.count >= 5 {
                var reader = ByteReader(pending)
                let kind = try reader.integer(UInt8.self)
                let length = Int(try reader.integer(UInt32.self))
                guard length <= limitBytes else { throw ByteReader.Malformed() }
                guard pending.count >= 5 + length else { break }
                try await pass(kind, Array(pending[5..<(5 + length)]), to: session)
                pending.removeFirst(5 + length)
            }
        }
    }

    private static func pass(_ kind: UInt8, _ payload: [UInt8], to session: DynoSession) async throws {
        var reader = ByteReader(payload)
        switch kind {
        case UInt8(ascii: "I"): try await session.write(payload)
        case UInt8(ascii: "E"): try await session.closeInput()
        case UInt8(ascii: "W"):
            let rows = Int(try reader.integer(UInt16.self))
            let columns = Int(try reader.integer(UInt16.self))
            try await session.resizeTo(rows, columns)
        case UInt8(ascii: "S"): try await session.signal(Int32(try reader.integer(UInt8.self)))
        default: throw ByteReader.Malformed()
        }
    }
}
