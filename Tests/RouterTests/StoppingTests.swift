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
