import Model
import Posix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A dyno made by a test: what it does with each connection is up to the test.
final class Origin: Sendable {
    let port: UInt16
    let id = DynoID()
    private let listener: Descriptor
    private let accepted = Atomic(0)

    /// - Parameter serve: runs on a thread of its own for every connection, which ends when it returns.
    init(_ serve: @escaping @Sendable (RawSocket) -> Void) throws {
        listener = try TCPSocket.listen(address: "127.0.0.1", port: 0)
        port = try TCPSocket.localPort(of: listener)
        let raw = try listener.duplicate().release()
        startThread(named: "test-origin") { [weak self] in
            let owned = Descriptor(owning: raw)
            while true {
                var waiting = pollfd(fd: owned.raw, events: Int16(POLLIN), revents: 0)
                _ = poll(&waiting, 1, 1000)
                guard self != nil else { return }
                let connection = accept(owned.raw, nil, nil)
                guard connection >= 0 else {
                    if errno == EAGAIN || errno == EINTR { continue }
                    return
                }
                self?.accepted.add(1, ordering: .relaxed)
                let socket = RawSocket(owning: connection)
                startThread(named: "test-origin-connection") { serve(socket) }
            }
        }
    }

    deinit { shutdown(listener.raw, Int32(SHUT_RDWR)) }

    var connections: Int { accepted.load(ordering: .relaxed) }

    func backend(_ name: String = "web.1") -> RoutingTable.Backend {
        .init(id: id, name: name, endpoint: .tcp(address: "127.0.0.1", port: port))
    }

    /// Answers every request on a connection with what `answer` makes of its head and body.
    static func answering(_ answer: @escaping @Sendable (String, String) -> String) throws -> Origin {
        try Origin { socket in
            while true {
                let (head, body) = socket.readMessage()
                guard !head.isEmpty else { return }
                socket.send(answer(head, body))
            }
        }
    }

    /// Greets.
    static func hello() throws -> Origin { try answering { _, _ in response("Hello, world!") } }

    static func response(_ body: String, _ fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
