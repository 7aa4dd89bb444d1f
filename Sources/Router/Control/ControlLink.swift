internal import Posix

/// The daemon's end of the connection with its router: messages out in order, messages in one at a time.
final class ControlLink: Sendable {
    private let socket: AsyncStreamSocket
    private let reactor: Reactor
    private let descriptor: Int32
    private let frames: AsyncStream<[UInt8]>
    private let outgoing: AsyncStream<[UInt8]>.Continuation

    /// - Throws: ``PosixError`` when nobody listens at `path`, or it is somebody else's.
    init(connectingTo path: String, reactor: Reactor) throws {
        let connection = try UnixSocket.connect(to: path)
        let peer = try UnixSocket.peer(of: connection)
        guard peer.userID == Environment.userID else { throw RouterFailure.foreignSocket(path: path) }
        socket = try AsyncStreamSocket(connection, reactor: reactor)
        self.reactor = reactor
        descriptor = socket.withDescriptor { $0.raw }
        (frames, outgoing) = AsyncStream.makeStream()
    }

    /// Sends a message with descriptors; before any other message.
    func send(_ message: ControlMessage, descriptors: [Int32]) throws {
        try socket.withDescriptor { try UnixSocket.send(message.frame, descriptors: descriptors, over: $0) }
    }

    /// Queues a message; it is sent by ``run(_:)``.
    func send(_ message: ControlMessage) { outgoing.yield(message.frame) }

    /// Waits for the next part of the stream.
    ///
    /// - Returns: `false` at its end.
    func receive(into input: inout ControlInput) async throws -> Bool {
        while true {
            do {
                let (bytes, descriptors) = try socket.withDescriptor {
                    try UnixSocket.receive(atMost: 262_144, from: $0)
                }
                if bytes.isEmpty { return false }
                input.add(bytes, descriptors)
                return true
            } catch let error as PosixError where error.isAgain {
                try await reactor.wait(descriptor, for: .readable)
            }
        }
    }

    /// Writes what is queued until the link ends.
    func writeQueued() async {
        for await frame in frames {
            do { try await socket.write(frame) } catch { return socket.close() }  // The reading side sees the end.
        }
    }

    func close() {
        outgoing.finish()
        socket.close()
    }
}
