"""The apps that the push benchmark deploys: their files, and how each is built and started without any platform."""

PYTHON_SERVER = '''\
import http.server, os

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *arguments):
        pass

class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128

BODY = b"@BODY@"
Server(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
'''

FLASK_APP = '''\
from flask import Flask

app = Flask(__name__)

@app.get("/")
def index():
    return "@BODY@"
'''

NODE_SERVER = '''\
const http = require("http");
http.createServer((request, answer) => answer.end("@BODY@")).listen(process.env.PORT, "0.0.0.0");
'''

SWIFT_SERVER = '''\
import Glibc

signal(SIGPIPE, SIG_IGN)
let port = UInt16(getenv("PORT").map { String(cString: $0) } ?? "") ?? 8000
let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
var address = sockaddr_in()
address.sin_family = sa_family_t(AF_INET)
address.sin_port = port.bigEndian
withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 else { exit(1) }
    }
}
listen(listener, 128)
let body = "@BODY@"
let answer = Array("HTTP/1.1 200 OK\\r\\nContent-Length: \\(body.utf8.count)\\r\\nConnection: close\\r\\n\\r\\n\\(body)".utf8)
while true {
    let client = accept(listener, nil, nil)
    var request = [UInt8](repeating: 0, count: 65536)
    _ = read(client, &request, request.count)
    _ = write(client, answer, answer.count)
    shutdown(client, Int32(SHUT_WR))
    close(client)
}
'''

SWIFT_PACKAGE = '''\
// swift-tools-version: 5.9
import PackageDescription

let package = Package(name: "hello", targets: [.executableTarget(name: "hello")])
'''


class App:
    """Files to deploy; `@BODY@` in them stands for what the app answers."""

    def __init__(self, name, files, build, start):
        self.name, self.files = name, files
        self.build = build  # The dependency or compile step by the app's own tool; None where there is none.
        self.start = start

    def write(self, folder, body):
        for path, text in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.replace("@BODY@", body))


APPS = {
    app.name: app
    for app in [
        App(
            "python",
            {"requirements.txt": "", "Procfile": "web: python server.py\n", "server.py": PYTHON_SERVER},
            None,
            "exec python3 server.py",
        ),
        App(
            "flask",
            {
                "requirements.txt": "Flask>=3.0,<4\ngunicorn>=21,<30\n",
                "Procfile": "web: gunicorn --bind 0.0.0.0:$PORT app:app\n",
                "app.py": FLASK_APP,
            },
            # What is there already is not done again, as pip and venv do it themselves.
            "[ -d ../venv ] || (python3 -m venv ../venv && ../venv/bin/pip install -q -r requirements.txt)",
            "exec ../venv/bin/gunicorn --bind 0.0.0.0:$PORT app:app",
        ),
        App(
            "node",
            {
                "package.json": '{ "name": "hello", "version": "1.0.0", "private": true }\n',
                "Procfile": "web: node server.js\n",
                "server.js": NODE_SERVER,
            },
            None,
            "exec node server.js",
        ),
        App(
            "swift",
            {
                "Package.swift": SWIFT_PACKAGE,
                "Procfile": "web: hello\n",
                "Sources/hello/main.swift": SWIFT_SERVER,
                ".gitignore": ".build/\n",
            },
            "swift build -c release --static-swift-stdlib",
            "exec .build/release/hello",
        ),
    ]
}
