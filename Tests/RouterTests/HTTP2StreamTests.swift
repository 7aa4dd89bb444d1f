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
    /// Frames that no client should send (RFC 9113), written by hand.
    @Suite("HTTP/2 streams", .timeLimit(.minutes(2)))
    struct HTTP2StreamTests {
        /// Frames of a client that knows HTTP/2 in advance; gives what the router sent until it closed, frame by frame.
        private static let client = """
            import socket, struct, sys
            def frame(kind, flags, stream, payload=b""):
                return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
            head = b"\\x82\\x86\\x84" + b"\\x41\\x0bx.localhost"
            post = b"\\x83\\x86\\x84" + b"\\x41\\x0bx.localhost"
            cancel = struct.pack(">I", 8)
            s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            s.settimeout(5)
            data = b""
            def next():
                global data
                while len(data) < 9 or len(data) < 9 + int.from_bytes(data[:3], "big"):
                    part = s.recv(65536)
                    if not part: raise EOFError
                    data += part
                count = int.from_bytes(data[:3], "big")
                found = data[3], data[4], int.from_bytes(data[5:9], "big"), data[9:9 + count]
                data = data[9 + count:]
                return found
            def until_answered(stream):
                while True:
                    kind, flags, of, _ = next()
                    if of == stream and (kind == 3 or flags & 1 and kind in (0, 1)): return kind
            s.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + frame(4, 0, 0))

            """

        /// - Returns: what the script prints: `5` for a connection that was ended with STREAM_CLOSED.
        private func talk(_ router: TestRouter, _ script: String) throws -> String {
            let end = """

                try:
                    while True:
                        kind, _, _, payload = next()
                        if kind == 7: print(int.from_bytes(payload[4:8], "big"))
                except EOFError: print("closed")
                """
            let run = try Run(["python3", "-c", Self.client + script + end, "\(router.port)"])
            return run.output + run.errors
        }

        @Test(
            "a head for a stream that its client has ended ends the connection",
            arguments: [
                "s.sendall(frame(1, 5, 1, head)); until_answered(1); s.sendall(frame(1, 5, 1, head))",
                "s.sendall(frame(1, 4, 1, post) + frame(3, 0, 1, cancel) + frame(1, 5, 1, head))",
                "s.sendall(frame(1, 5, 5, head)); until_answered(5); s.sendall(frame(1, 5, 3, head))",
            ])
        func overStream(_ script: String) async throws {
            let router = try TestRouter()
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            #expect(try talk(router, script) == "5\nclosed\n")
        }

        @Test("an answer that its client takes slowly goes on as long as it moves")
        func slowAnswer() async throws {
            let router = try TestRouter { $0.silence = .seconds(1) }
            let origin = try Origin.answering { _, _ in Origin.response(String(repeating: "b", count: 50_000)) }
            await router.route(.serving([origin.backend()]))
            let script = """
                import time
                s.sendall(frame(4, 0, 0, b"\\0\\x04" + struct.pack(">I", 2000)) + frame(1, 5, 1, head))
                for _ in range(8):
                    time.sleep(0.4)
                    s.sendall(frame(8, 0, 1, struct.pack(">I", 2000)))
                s.sendall(frame(8, 0, 1, struct.pack(">I", 1 << 20)))
                print("whole" if until_answered(1) == 0 else "broken off")
                s.shutdown(socket.SHUT_WR)
                """
            #expect(try talk(router, script).hasPrefix("whole\n"))
        }

        @Test("cancelled uploads give their part of the connection's window back")
        func cancelledUploads() async throws {
            let router = try TestRouter()
            let origin = try Origin { socket in
                let head = socket.read(through: "\r\n\r\n")
                // A dyno that does not read leaves the body with the router.
                if head.contains("/stuck") {
                    sleep(8)
                    return
                }
                let count = head.firstMatch(of: /ontent-[Ll]ength: ([0-9]+)/).flatMap { Int($0.1) } ?? 0
                socket.send(Origin.response("\(socket.read(count: count).count)"))
            }
            await router.route(.serving([origin.backend()]))
            let script = """
                window = {}
                def spend(stream, count):
                    sent = 0
                    while sent < count:
                        while min(window.get(0, 65535), window.get(stream, window["first"])) <= 0: take()
                        room = min(16384, count - sent, window.get(0, 65535), window.get(stream, window["first"]))
                        s.sendall(frame(0, 0, stream, b"b" * room))
                        sent += room
                        window[0] = window.get(0, 65535) - room
                        window[stream] = window.get(stream, window["first"]) - room
                def take():
                    kind, flags, stream, payload = next()
                    if kind == 4 and not flags:
                        for at in range(0, len(payload), 6):
                            if payload[at:at + 2] == b"\\0\\x04": window["first"] = int.from_bytes(payload[at + 2:at + 6], "big")
                    if kind == 8: window[stream] = window.get(stream, 65535 if stream == 0 else window["first"]) + int.from_bytes(payload, "big")
                while "first" not in window: take()
                stuck = b"\\x83\\x86\\x44\\x06/stuck" + b"\\x41\\x0bx.localhost"
                for number in range(12):
                    stream = 2 * number + 1
                    s.sendall(frame(1, 4, stream, stuck))
                    spend(stream, window["first"] - 16384)
                    s.sendall(frame(3, 0, stream, cancel))
                s.sendall(frame(1, 4, 99, post))
                spend(99, 200000)
                s.sendall(frame(0, 1, 99))
                print("sent")
                s.shutdown(socket.SHUT_WR)
                """
            #expect(try talk(router, script).hasPrefix("sent\n"))
        }

        @Test("an app that says 1xx without end to a client that does not read fills no memory with them")
        func endlessInterim() async throws {
            let router = try TestRouter { $0.firstByte = .seconds(5) }
            let said = Atomic(0)
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                let heads = Array(
                    String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", count: 1000).utf8)
                for _ in 0..<2000 {
                    guard socket.sends(heads) else { return }
                    said.add(1000, ordering: .relaxed)
                }
            }
            await router.route(.serving([origin.backend()]))
            // Half a million are 24 MB on the wire to the router, and more than what the sockets between them hold.
            let script = "s.sendall(frame(1, 5, 1, head)); import time; time.sleep(4); s.close(); sys.exit()"
            _ = try talk(router, script)
            #expect(said.load(ordering: .relaxed) < 500_000)
        }

        @Test(
            "a connection on which no request is being answered is closed when its time is over",
            arguments: [
                // A head that does not end, half a frame of one, and an answer that nobody takes.
                "s.sendall(frame(1, 1, 1, head))", "s.sendall(frame(1, 5, 1, head)[:12])",
                "s.sendall(frame(1, 5, 1, head)); import time; time.sleep(3)",
            ])
        func idle(_ script: String) async throws {
            let router = try TestRouter {
                $0.clientIdle = .seconds(1)
                $0.silence = .milliseconds(500)
            }
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(Origin.response(String(repeating: "b", count: 16 << 20)))
            }
            await router.route(.serving([origin.backend()]))
            // The window is the client's: it takes 64 KB of the answer, whatever it reads.
            #expect(try talk(router, script).hasSuffix("closed\n"))
        }

        @Test("the rest of a body whose answer came early, with its trailers, ends nothing")
        func forgiven() async throws {
            let router = try TestRouter()
            let origin = try Origin { socket in
                let head = socket.read(through: "\r\n\r\n")
                if head.hasPrefix("POST") {
                    socket.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig")
                } else {
                    socket.send(Origin.response("hello"))
                }
            }
            await router.route(.serving([origin.backend()]))
            let script = """
                s.sendall(frame(1, 4, 1, post) + frame(0, 0, 1, b"begun"))
                while until_answered(1) != 3: pass
                s.sendall(frame(0, 0, 1, b"more") + frame(1, 5, 1, b"\\x00\\x01a\\x01b") + frame(1, 5, 3, head))
                print(until_answered(3))
                s.shutdown(socket.SHUT_WR)
                """
            #expect(try talk(router, script) == "0\nclosed\n")
        }

        @Test("who agreed on HTTP/2 and then says something else is sent away with an orderly end")
        func otherPreface() async throws {
            let scratch = try Scratch()
            let router = try TestRouter()
            router.secure(with: try AuthorityFolder(path: "\(scratch.path)/tls").load())
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            let script = """
                import socket, ssl, sys
                context = ssl.create_default_context(cafile=sys.argv[2])
                context.set_alpn_protocols(["h2"])
                plain = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                s = context.wrap_socket(plain, server_hostname="x.localhost", suppress_ragged_eofs=False)
                s.settimeout(5)
                s.sendall(b"GET / HTTP/1.1\\r\\nHost: x.localhost\\r\\n\\r\\n")
                got = b""
                while part := s.recv(65536): got += part
                print(b"HTTP/1" in got)
                """
            let run = try Run(["python3", "-c", script, "\(router.port)", "\(scratch.path)/tls/paas-ca.pem"])
            #expect(run.output == "False\n", "\(run.errors)")
        }
    }
}
