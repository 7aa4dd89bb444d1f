import Model
import Posix
import Testing

@testable import Router

extension RouterSuite {
    @Suite("What the router knows of a dyno's use", .timeLimit(.minutes(1)))
    struct ActivityTests {
        private static let inUse = UInt64(0)

        @Test("is the time since the last request was done")
        func idle() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let before = await router.activity([origin.id])
            #expect(before.count == 1 && before[0] != Self.inUse && before[0] < 60_000)
            #expect(try router.get().hasSuffix("Hello, world!"))
            let after = await router.activity([origin.id, DynoID()])
            #expect(after[0] != Self.inUse && after[0] < 60_000)
            #expect(after[1] == .max, "nobody told the router of that one")
        }

        @Test("outlives a new table that still has the dyno")
        func kept() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            var last = UInt64(0)
            // The clock of the loops has milliseconds: it is asked until some have passed.
            while last < 20 { last = await router.activity([origin.id])[0] }
            await router.route(.serving([origin.backend()]))
            #expect(await router.activity([origin.id])[0] >= last)
        }

        @Test("is none while an answer streams, also when the dyno has left the table")
        func streaming() async throws {
            let gate = Gate()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
                gate.wait()
                socket.send("later")
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            _ = client.read(through: "first")
            #expect(await router.activity([origin.id]) == [Self.inUse])
            await router.route(.asleep)
            #expect(await router.activity([origin.id]) == [Self.inUse])
            gate.open()
            #expect(String(decoding: client.read(count: 5), as: UTF8.self) == "later")
            await router.drain([origin.id])
            #expect(await router.activity([origin.id]) == [.max])
        }

        @Test("is none while a WebSocket is open")
        func webSocket() async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nwelcome\n")
                _ = socket.readAll()
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            _ = client.read(through: "welcome\n")
            #expect(await router.activity([origin.id]) == [Self.inUse])
            client.finishWriting()
            await router.drain([origin.id])
            #expect(await router.activity([origin.id]) != [Self.inUse])
        }

        @Test("is brought together from all loops")
        func loops() async throws {
            let gate = Gate()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                gate.wait()
                socket.send(Origin.response("late"))
            }
            let router = try TestRouter { $0.loops = 3 }
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            while await router.activity([origin.id]) != [Self.inUse] { await Task.yield() }
            gate.open()
            #expect(client.readMessage().body == "late")
            await router.drain([origin.id])
            #expect(await router.activity([origin.id]) != [Self.inUse])
        }
    }
}
