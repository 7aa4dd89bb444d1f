import Model
import Testing

@testable import Router

extension RouterSuite {
    @Suite("The port for a proxy in front", .timeLimit(.minutes(1)))
    struct ProxyProtocolTests {
        private static let request = "GET / HTTP/1.1\r\nHost: x.localhost\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"

        /// A dyno that answers with the head that it got.
        private static func mirror() throws -> Origin {
            try Origin.answering { head, _ in
                "HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count)\r\n\r\n\(head)"
            }
        }

        @Test("believes what the proxy says of the client, for all requests of the connection")
        func believes() async throws {
            let origin = try Self.mirror()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try RawSocket(port: router.proxiedPort)
            client.send("PROXY TCP4 192.0.2.7 127.0.0.1 56324 8443\r\n" + Self.request)
            for round in 0..<2 {
                if round > 0 { client.send(Self.request) }
                let body = client.readMessage().body
                #expect(body.contains("X-Forwarded-For: 10.0.0.1, 192.0.2.7\r\n"))
                #expect(body.contains("X-Forwarded-Port: 8443\r\n"))
                #expect(body.contains("X-Forwarded-Proto: http\r\n"))
                #expect(await router.line().contains("fwd=\"10.0.0.1, 192.0.2.7\""))
            }
        }

        @Test("is told by version 2 that the client spoke TLS, in however small pieces")
        func binary() async throws {
            let origin = try Self.mirror()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try RawSocket(port: router.proxiedPort)
            let addresses: [UInt8] = [192, 0, 2, 7, 127, 0, 0, 1, 0xC0, 0x01, 0x01, 0xBB]
            let secure: [UInt8] = [0x20, 0, 5, 1, 0, 0, 0, 0]
            let preamble = Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [0x21, 0x11, 0, 20] + addresses + secure
            for byte in preamble + Array(Self.request.utf8) { client.send([byte]) }
            let body = client.readMessage().body
            #expect(body.contains("X-Forwarded-For: 10.0.0.1, 192.0.2.7\r\n"))
            #expect(body.contains("X-Forwarded-Port: 443\r\n"))
            #expect(body.contains("X-Forwarded-Proto: https\r\n"))
            #expect(await router.line().contains(" tls=true tls_version=unknown"))
        }

        @Test("closes a connection that begins otherwise, without an answer")
        func refuses() async throws {
            let router = try TestRouter()
            await router.route(.starting)
            let client = try RawSocket(port: router.proxiedPort)
            client.send(Self.request)
            #expect(client.readAll() == "")
        }

        @Test("is the only one that understands it")
        func elsewhere() async throws {
            let router = try TestRouter()
            await router.route(.starting)
            let client = try router.connect()
            client.send("PROXY TCP4 192.0.2.7 127.0.0.1 56324 443\r\n" + Self.request)
            #expect(client.readMessage().head.hasPrefix("HTTP/1.1 400 "))
        }
    }
}
