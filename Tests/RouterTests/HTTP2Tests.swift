import Model
import Posix
import Synchronization
import Testing

@testable import Router

extension RouterSuite {
    /// HTTP/2 to clients, HTTP/1.1 to dynos.
    @Suite("HTTP/2", .timeLimit(.minutes(2)))
    struct HTTP2Tests {
        private let scratch: Scratch
        private let material: TLSMaterial
        private var authority: String { "\(scratch.path)/tls/paas-ca.pem" }

        init() throws {
            scratch = try Scratch()
            material = try AuthorityFolder(path: "\(scratch.path)/tls").load()
        }

        private func router() throws -> TestRouter {
            let router = try TestRouter()
            router.secure(with: material)
            return router
        }

        private func curl(_ router: TestRouter, _ more: [String] = [], path: String = "/", scheme: String = "https")
            throws -> Run
        {
            try Run(
                [
                    "curl", "-sS", "--max-time", "20", "--cacert", authority, "--resolve",
                    "x.localhost:\(router.port):127.0.0.1",
                ]
                    + [scheme == "https" ? "--http2" : "--http2-prior-knowledge"] + more
                    + ["\(scheme)://x.localhost:\(router.port)\(path)"])
        }

        @Test("is chosen by ALPN, and by a client that knows it in advance", arguments: ["https", "http"])
        func chosen(_ scheme: String) async throws {
            let router = try router()
            let origin = try Origin.answering { head, _ in Origin.response(head, "X-Case: Kept\r\n") }
            await router.route(.serving([origin.backend()]))
            let run = try curl(router, ["-i", "-b", "a=1; b=2"], path: "/p?q=1", scheme: scheme)
            #expect(run.output.hasPrefix("HTTP/2 200 \r\n"), "\(run.output)\(run.errors)")
            #expect(run.output.contains("x-case: Kept\r\n"))
            #expect(run.output.contains("GET /p?q=1 HTTP/1.1\r\nHost: x.localhost:\(router.port)\r\n"))
            #expect(run.output.contains("X-Forwarded-Proto: \(scheme)\r\n"))
            #expect(run.output.contains("ookie: a=1; b=2\r\n"))
            let line = await router.line()
            #expect(line.contains(" protocol=http2.0 tls=\(scheme == "https")"), "\(line)")
        }

        @Test("carries bodies up, of known length and not", arguments: [[], ["-H", "Content-Length:"]])
        func upload(_ options: [String]) async throws {
            let router = try router()
            let origin = try Origin { socket in
                let head = socket.read(through: "\r\n\r\n")
                let isChunked = head.contains("Transfer-Encoding: chunked")
                var count = 0
                if isChunked {
                    while true {
                        let size = Int(socket.read(through: "\r\n").dropLast(), radix: 16) ?? 0
                        count += socket.read(count: size).count
                        _ = socket.read(count: 2)
                        if size == 0 { break }
                    }
                } else {
                    count = socket.read(count: 3_000_000).count
                }
                socket.send(Origin.response("\(isChunked) \(count)"))
            }
            await router.route(.serving([origin.backend()]))
            let file = "\(scratch.path)/body"
            try FileTree.write([UInt8](repeating: 7, count: 3_000_000), to: file)
            let run =
                options.isEmpty
                ? try curl(router, ["--data-binary", "@\(file)", "-H", "Expect:"])
                : try Run([
                    "bash", "-c",
                    "cat \(file) | curl -sS --max-time 20 --http2 --cacert \(authority) --resolve x.localhost:\(router.port):127.0.0.1"
                        + " -T - https://x.localhost:\(router.port)/",
                ])
            #expect(run.output == "\(!options.isEmpty) 3000000", "\(run.errors)")
        }

        @Test("an answer that comes before the whole body ends the upload, and arrives")
        func early() async throws {
            let router = try router()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig")
            }
            await router.route(.serving([origin.backend()]))
            let file = "\(scratch.path)/body"
            try FileTree.write([UInt8](repeating: 7, count: 20_000_000), to: file)
            let run = try curl(router, ["-i", "--data-binary", "@\(file)", "-H", "Expect:"])
            #expect(run.output.hasPrefix("HTTP/2 413"), "\(run.output)\(run.errors)")
            #expect(run.output.hasSuffix("big"))
        }

        @Test("brings answers of every framing down")
        func framings() async throws {
            let router = try router()
            let big = String(repeating: "0123456789abcdef", count: 200_000)
            let origin = try Origin { socket in
                let head = socket.read(through: "\r\n\r\n")
                if head.hasPrefix("HEAD") {
                    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
                } else if head.contains(" /chunked ") {
                    socket.send(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
                } else if head.contains(" /close ") {
                    socket.send("HTTP/1.0 200 OK\r\n\r\nuntil the end")
                } else if head.contains(" /none ") {
                    socket.send("HTTP/1.1 204 No Content\r\n\r\n")
                } else if head.contains(" /hints ") {
                    socket.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + Origin.response("hinted"))
                } else {
                    socket.send(Origin.response(big))
                }
            }
            await router.route(.serving([origin.backend()]))
            #expect(try curl(router, path: "/chunked").output == "abcdefg")
            #expect(try curl(router, path: "/close").output == "until the end")
            #expect(try curl(router, ["-i"], path: "/none").output.hasPrefix("HTTP/2 204"))
            #expect(try curl(router, ["-I"]).output.contains("content-length: 5\r\n"))
            let hints = try curl(router, ["-i"], path: "/hints").output
            #expect(hints.hasPrefix("HTTP/2 103 \r\nlink: </a.css>"), "\(hints)")
            #expect(hints.hasSuffix("hinted"))
            let run = try curl(router, path: "/big")
            #expect(run.output == big, "\(run.output.count) \(run.errors)")
        }

        @Test(
            "trailers of an answer in chunks come behind its body, but none that a message is understood by",
            arguments: ["3\r\nabc\r\n", ""], [true, false])
        func trailers(_ body: String, comesAtOnce: Bool) async throws {
            let router = try router()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n"
                let end = "0\r\nX-End: reached\r\nContent-Length: 5\r\nX-Other: 1\r\n\r\n"
                let pieces = [head + body, String(end.prefix(5)), String(end.dropFirst(5))]
                for piece in comesAtOnce ? [pieces.joined()] : pieces { socket.send(piece) }
            }
            await router.route(.serving([origin.backend()]))
            let heads = "\(scratch.path)/heads"
            let run = try curl(router, ["-D", heads])
            #expect(run.output == (body.isEmpty ? "" : "abc"), "\(run.errors)")
            let told = try FileTree.readText(heads)
            #expect(told.hasSuffix("\r\n\r\nx-end: reached\r\nx-other: 1\r\n"), "\(told)")
        }

        @Test("an answer that breaks off is an error to the client, never a short answer")
        func brokenOff() async throws {
            let router = try router()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            }
            await router.route(.serving([origin.backend()]))
            let run = try curl(router)
            #expect(run.status == 92, "\(run.errors)")
            #expect(await router.line().contains("code=H18"))
        }

        @Test("faults have their page and status", arguments: [RouterFault.appCrashed, .noWebProcesses])
        func faults(_ fault: RouterFault) async throws {
            let router = try router()
            await router.route(.refusing(fault))
            let run = try curl(router, ["-i"])
            #expect(run.output.hasPrefix("HTTP/2 503"), "\(run.output)\(run.errors)")
            #expect(await router.line().contains("code=\(fault.rawValue)"))
            let unknown = try Run([
                "curl", "-sSi", "--http2-prior-knowledge", "-H", "Host: nobody.localhost",
                "http://127.0.0.1:\(router.port)/",
            ])
            #expect(unknown.output.hasPrefix("HTTP/2 404"), "\(unknown.output)\(unknown.errors)")
        }

        @Test("a thousand requests in streams beside each other all have their answers", .needsH2Load)
        func many() async throws {
            let router = try router()
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            let run = try Run([
                "h2load", "-n", "1000", "-c", "4", "-m", "50", "--connect-to=127.0.0.1:\(router.port)",
                "https://x.localhost:\(router.port)/",
            ])
            #expect(run.output.contains("1000 succeeded, 0 failed"), "\(run.output)\(run.errors)")
        }

        @Test("a client that leaves in the middle is H27, and costs the others nothing")
        func left() async throws {
            let router = try router()
            let gate = Gate()
            let origin = try Origin { socket in
                let head = socket.read(through: "\r\n\r\n")
                if head.contains(" /slow ") { gate.wait() }
                socket.send(Origin.response("late"))
            }
            await router.route(.serving([origin.backend()]))
            let run = try curl(router, ["--max-time", "1"], path: "/slow")
            #expect(run.status == 28)
            #expect(await router.line().contains("code=H27"))
            gate.open()
            #expect(try curl(router).output == "late")
        }

        @Test("who opens streams only to reset them is sent away")
        func rapidReset() async throws {
            let router = try router()
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            let script = """
                import socket, struct, sys
                def frame(kind, flags, stream, payload=b""):
                    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
                s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                s.settimeout(10)
                s.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + frame(4, 0, 0))
                head = b"\\x82\\x86\\x84" + b"\\x41\\x0bx.localhost"
                gone = False
                try:
                    for i in range(20000):
                        s.sendall(frame(1, 5, 2 * i + 1, head) + frame(3, 0, 2 * i + 1, struct.pack(">I", 8)))
                    while s.recv(65536): pass
                    gone = True
                except (ConnectionError, BrokenPipeError):
                    gone = True
                print(gone)
                """
            let run = try Run(["python3", "-c", script, "\(router.port)"])
            #expect(run.output == "True\n", "\(run.errors)")
            #expect(try curl(router).output == "Hello, world!")
        }

        @Test("a WebSocket opens in a stream, and carries bytes both ways until it is closed")
        func webSocket() async throws {
            let router = try router()
            let origin = try Origin { socket in
                let head = socket.read(through: "\r\n\r\n")
                guard head.contains("Upgrade: websocket"), head.contains("Sec-WebSocket-Key: ") else { return }
                socket.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
                while let bytes = socket.readSome() { socket.send(bytes) }
            }
            await router.route(.serving([origin.backend()]))
            let script = """
                import socket, struct, sys
                def frame(kind, flags, stream, payload=b""):
                    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
                def text(s): return bytes([len(s)]) + s
                s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                s.settimeout(10)
                head = (b"\\x00" + text(b":method") + text(b"CONNECT") + b"\\x86\\x84\\x41" + text(b"x.localhost")
                        + b"\\x00" + text(b":protocol") + text(b"websocket"))
                s.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + frame(4, 0, 0) + frame(1, 4, 1, head)
                          + frame(0, 0, 1, b"hello") + frame(0, 1, 1, b" there"))
                data, got, end, status = b"", b"", False, None
                while not end:
                    while len(data) < 9: data += s.recv(4096)
                    n = int.from_bytes(data[:3], "big")
                    while len(data) < 9 + n: data += s.recv(4096)
                    kind, flags, payload = data[3], data[4], data[9:9 + n]
                    data = data[9 + n:]
                    if kind == 1: status = payload[:1]
                    if kind == 0: got += payload
                    end = (kind in (0, 1) and flags & 1) or kind in (3, 7)
                print(status == b"\\x88", got)
                """
            let run = try Run(["python3", "-c", script, "\(router.port)"])
            #expect(run.output == "True b'hello there'\n", "\(run.errors)")
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Debian's package nghttp2-client.
    static var needsH2Load: Self {
        .enabled("h2load is not installed") { Subprocess.find("h2load", path: Environment["PATH"] ?? "") != nil }
    }
}
