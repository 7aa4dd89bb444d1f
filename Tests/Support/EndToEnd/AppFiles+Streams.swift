extension AppFiles {
    /// A Python app of streams: WebSocket, an answer in pieces, and bodies of any size.
    ///
    /// `/echo` is a WebSocket that sends each text back reversed; `/pieces` sends `first`, and `last` once somebody has
    /// asked for `/go`; a POST is answered with its body's length and SHA-256; `/bytes/N` is N bytes, each its
    /// position modulo 251.
    package static var streams: [String: String] {
        ["requirements.txt": "", "Procfile": "web: python server.py\n", "server.py": streamServer]
    }

    private static let streamServer = """
        import base64, hashlib, http.server, os, threading

        go = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path == "/echo":
                    return self.echo()
                if self.path == "/pieces":
                    return self.pieces()
                if self.path == "/go":
                    go.set()
                    return self.answer(b"gone")
                size = int(self.path.split("/")[-1] or 0)
                self.answer((bytes(range(251)) * (size // 251 + 1))[:size])

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode())

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

        http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()

        """
}
