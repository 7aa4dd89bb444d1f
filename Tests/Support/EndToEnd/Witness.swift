/// A client that keeps connections of every kind open to an app of ``AppFiles/streams`` while the app is changed.
package struct Witness: Sendable {
    private let running: RunningCommand

    /// What it has seen when it is told to stop: a line `kind: ok`, or what went wrong, for each kind of connection.
    package struct Verdict: Sendable, CustomStringConvertible {
        package let lines: [String]
        package var description: String { lines.joined(separator: "\n") }
        /// The kinds whose connections went through unharmed.
        package var unharmed: [String] {
            lines.filter { $0.hasSuffix(": ok") }.map { String($0.dropLast(": ok".count)) }.sorted()
        }
    }

    /// Every kind: one kept connection, one connection a request in HTTP/1.0, downloads of a second and a half, and an
    /// upload and a WebSocket that last as long as the change does.
    package static let kinds = ["download", "http10", "kept", "upload", "websocket"]

    /// Has every connection open while `body` runs, and ends them in order then.
    package static func during(
        _ app: TestApp, _ body: () async throws -> Void
    ) async throws -> Verdict {
        let platform = app.platform
        let stop = "\(platform.root)/witness-stop"
        try await platform.shell("rm -f \"$1\"", stop).orThrow()
        let words = ["python3", "-c", program, app.host, "\(platform.port)", stop]
        let running = try platform.command(words).start()
        do {
            try await running.says("watching")
            try await body()
        } catch {
            running.signal(9)
            throw error
        }
        try await platform.shell("touch \"$1\"", stop).orThrow()
        let outcome = try await running.ends()
        return Verdict(lines: outcome.text.split(separator: "\n").map(String.init).filter { $0 != "watching" })
    }

    private static let program = """
        import base64, hashlib, http.client, os, socket, sys, threading, time

        host, port, stop = sys.argv[1], int(sys.argv[2]), sys.argv[3]
        done = lambda: os.path.exists(stop)
        ready = threading.Barrier(6)

        def kept():
            connection = socket.create_connection(("127.0.0.1", port), 60)
            stream = connection.makefile("rb")
            first = True
            while True:
                connection.sendall(f"GET /bytes/100 HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n".encode())
                status = stream.readline()
                assert status.startswith(b"HTTP/1.1 200"), f"status {status!r}"
                headers = dict(line.decode().strip().lower().split(": ", 1) for line in iter(stream.readline, b"\\r\\n"))
                assert len(stream.read(int(headers["content-length"]))) == 100
                assert headers.get("connection") != "close", "told to close"
                if first:
                    ready.wait()
                    first = False
                if done():
                    return
                time.sleep(0.01)

        def http10():
            ready.wait()
            while not done():
                connection = socket.create_connection(("127.0.0.1", port), 60)
                connection.sendall(f"GET /bytes/5000 HTTP/1.0\\r\\nHost: {host}\\r\\n\\r\\n".encode())
                answer = connection.makefile("rb").read()
                head, _, body = answer.partition(b"\\r\\n\\r\\n")
                assert head.split()[1] == b"200" and len(body) == 5000, f"{head!r} and {len(body)} bytes"
                time.sleep(0.01)

        def download():
            ready.wait()
            while not done():
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", "/drops/30", headers={"Host": host})
                answer = connection.getresponse()
                body = answer.read()
                assert answer.status == 200 and body == 30 * b"drop\\n", f"{answer.status}, {len(body)} bytes"

        def upload():
            connection = socket.create_connection(("127.0.0.1", port), 60)
            pieces = 0
            connection.sendall(
                f"POST / HTTP/1.1\\r\\nHost: {host}\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n".encode())
            digest, total = hashlib.sha256(), 0
            def send(size):
                piece = os.urandom(size)
                digest.update(piece)
                connection.sendall(f"{size:x}\\r\\n".encode() + piece + b"\\r\\n")
                return size
            total += send(200_000)
            ready.wait()
            while not done():
                total += send(20_000)
                time.sleep(0.02)
            total += send(200_000)
            connection.sendall(b"0\\r\\n\\r\\n")
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            said = answer.read().decode()
            assert answer.status == 200 and said == f"{total} {digest.hexdigest()}", f"{answer.status} {said[:200]}"

        def websocket():
            connection = socket.create_connection(("127.0.0.1", port), 60)
            stream = connection.makefile("rb")
            key = base64.b64encode(os.urandom(16)).decode()
            connection.sendall(
                f"GET /echo HTTP/1.1\\r\\nHost: {host}\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
                f"Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: {key}\\r\\n\\r\\n".encode())
            assert stream.readline().startswith(b"HTTP/1.1 101")
            while stream.readline() != b"\\r\\n":
                pass
            def send(kind, text):
                mask = os.urandom(4)
                masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(text))
                connection.sendall(bytes([0x80 | kind, 0x80 | len(text)]) + mask + masked)
            def receive():
                head = stream.read(2)
                assert len(head) == 2, "cut off"
                return head[0] & 15, stream.read(head[1])
            ready.wait()
            while not done():
                send(1, b"abc")
                assert receive() == (1, b"cba")
                time.sleep(0.02)
            send(8, b"\\x03\\xe8")
            assert receive() == (8, b"\\x03\\xe8") and stream.read() == b""

        def say(text):
            os.write(1, f"{text}\\n".encode())

        def judge(kind):
            try:
                kind()
                say(f"{kind.__name__}: ok")
            except threading.BrokenBarrierError:
                say(f"{kind.__name__}: the others did not start")
            except BaseException as problem:
                ready.abort()
                say(f"{kind.__name__}: {type(problem).__name__} {problem}")

        threads = [threading.Thread(target=judge, args=(kind,)) for kind in [kept, http10, download, upload, websocket]]
        for thread in threads:
            thread.start()
        try:
            ready.wait(60)
            say("watching")
        except threading.BrokenBarrierError:
            say("watching nothing")
        for thread in threads:
            thread.join()

        """
}
