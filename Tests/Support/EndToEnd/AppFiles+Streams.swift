extension AppFiles {
    /// A Python app of streams: WebSocket, an answer in pieces, and bodies of any size.
    ///
    /// `/echo` is a WebSocket that sends each text back reversed; `/pieces` sends `first`, and `last` once somebody has
    /// asked for `/go`; `/drops/N` is N lines, one every 50 ms; a POST is answered with its body's length and SHA-256;
    /// `/bytes/N` is N bytes, each its position modulo 251. It knows nothing of SIGTERM, and dies of it at once.
    package static var streams: [String: String] {
        ["requirements.txt": "", "Procfile": "web: python server.py\n", "server.py": streamServer]
    }

    private static let streamServer = """
        import base64, hashlib, http.server, os, threading, time

        go = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path == "/echo":
                    return self.echo()
                if self.path == "/pieces":
                    return self.pieces()
                if self.path.startswith("/drops/"):
                    return self.drops(int(self.path.split("/")[-1]))
                if self.path == "/go":
                    go.set()
                    return self.answer(b"gone")
                size = int(self.path.split("/")[-1] or 0)
                self.answer((bytes(range(251)) * (size // 251 + 1))[:size])

            def do_POST(self):
                digest, length = hashlib.sha256(), 0
                if self.headers["Transfer-Encoding"] == "chunked":
                    while size := int(self.rfile.readline(), 16):
                        digest.update(self.rfile.read(size))
                        length += size
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    length = int(self.headers["Content-Length"])
                    digest.update(self.rfile.read(length))
                self.answer(f"{length} {digest.hexdigest()}".encode())

            def drops(self, count):
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for _ in range(count):
                    self.wfile.write(b"5\\r\\ndrop\\n\\r\\n")
                    time.sleep(0.05)
                self.wfile.write(b"0\\r\\n\\r\\n")

            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def pieces(self):
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"5\\r\\nfirst\\r\\n")
                go.wait(60)
                self.wfile.write(b"4\\r\\nlast\\r\\n0\\r\\n\\r\\n")

            def echo(self):
                key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
                self.end_headers()
                self.close_connection = True
                while True:
                    kind, length = self.rfile.read(2)
                    mask = self.rfile.read(4)
                    text = bytes(byte ^ mask[n % 4] for n, byte in enumerate(self.rfile.read(length & 127)))
                    if kind & 15 == 8:
                        return self.wfile.write(bytes([0x88, len(text)]) + text)
                    self.wfile.write(bytes([0x81, len(text)]) + text[::-1])

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

        Server(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()

        """
}
