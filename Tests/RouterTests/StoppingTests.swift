import Model
import Posix
import Testing

@testable import Router

extension RouterSuite {
    @Suite("A router that stops", .timeLimit(.minutes(1)))
    struct StoppingTests {
        @Test("while connections arrive lets go of its listeners without harm")
        func arriving() async throws {
            for _ in 0..<60 {
                let router = try TestRouter()
                await router.route(.starting)
                let clients = try (0..<8).map { _ in try router.connect() }
                router.stop()
                let late = try? router.connect()  // Refused once the listener is closed.
                withExtendedLifetime((clients, late)) {}
            }
        }
    }
}
