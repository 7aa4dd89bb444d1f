import Model
import Posix
import Synchronization
import Testing

@testable import Router

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RouterSuite {
    @Suite("A router that stops", .timeLimit(.minutes(1)))
    struct StoppingTests {
        @Test("H24: a request that is not done when time is up is cut off, and has its line")
        func forced() async throws {
            let router = try TestRouter()
            let origin = try Origin { socket in
                _ = socket.readMessage()
                socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n12345")
                _ = socket.readAll()
            }
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET /slow HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(client.read(through: "12345").hasSuffix("12345"))
            router.stop()
            let line = await router.line()
            #expect(line.hasPrefix("at=error code=H24 desc=\"Forced close\" method=GET path=\"/slow\" "), "\(line)")
            #expect(line.contains(#/ dyno=web\.1 connect=[0-9]+ms service=[0-9]+ms status= bytes=5 /#), "\(line)")
        }

        @Test("at the moment in which a connection arrives lets go of its listener without harm")
        func arriving() async throws {
            for _ in 0..<20 {
                let router = try TestRouter()
                await router.route(.starting)
                let waiting = try router.connect()
                waiting.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
                await router.route(.starting)
                let gate = HeldLoop()
                router.onLoop { gate.hold() }
                while !gate.isHeld { sched_yield() }
                // Both wait for the loop now, the order to stop before the connection.
                router.stop()
                let late = try router.connect()
                gate.release()
                await router.route(.refusing(.noWebProcesses))
                #expect(waiting.readAll().hasPrefix("HTTP/1.1 503 "))
                withExtendedLifetime(late) {}
            }
        }
    }
}

/// Holds a thread until another one lets it go.
private final class HeldLoop: Sendable {
    private let held = Atomic(false)
    private let released = Atomic(false)

    var isHeld: Bool { held.load(ordering: .acquiring) }

    func hold() {
        held.store(true, ordering: .releasing)
        while !released.load(ordering: .acquiring) { sched_yield() }
    }

    func release() { released.store(true, ordering: .releasing) }
}
