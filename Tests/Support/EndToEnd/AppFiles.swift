/// Files of small apps to deploy, none of which needs a network.
package enum AppFiles {
    /// Python's own web server and no requirements.
    ///
    /// `/` answers `body`; `/crash` ends the process; `/env/NAME` tells a variable; `/say/WORD` prints it.
    package static func python(_ body: String = "one", processes: String = "") -> [String: String] {
        ["requirements.txt": "", "Procfile": "web: python server.py\n\(processes)", "server.py": pythonServer(body)]
    }

    package static func pythonServer(_ body: String) -> String {
        """
        import http.server, os, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                words = self.path.split("/")
                body = "\(body)"
                if words[1] == "crash":
                    os._exit(3)
                if words[1] == "env":
                    body = os.environ.get(words[2], "unset")
                if words[1] == "say":
                    print(words[2], flush=True)
                data = body.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

        print("ready to serve \(body)", flush=True)
        Server(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()

        """
    }

    /// Node.js without dependencies.
    package static func node(_ body: String) -> [String: String] {
        [
            "package.json": #"{ "name": "hello", "version": "1.0.0", "private": true }"#,
            "Procfile": "web: node server.js\n",
            "server.js": """
            const http = require("http");
            http.createServer((request, answer) => answer.end("\(body)")).listen(process.env.PORT, "0.0.0.0");

            """,
        ]
    }

    /// A web server of nothing but sockets, as a Swift package without dependencies.
    package static func swift(_ body: String) -> [String: String] {
        [
            "Package.swift": """
            // swift-tools-version: 5.9
            import PackageDescription

            let package = Package(name: "hello", targets: [.executableTarget(name: "hello")])

            """,
            "Procfile": "web: hello\n",
            "Sources/hello/main.swift": """
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
            listen(listener, 64)
            let answer = Array("HTTP/1.1 200 OK\\r\\nContent-Length: \(body.utf8.count)\\r\\nConnection: close\\r\\n\\r\\n\(body)".utf8)
            while true {
                let client = accept(listener, nil, nil)
                var request = [UInt8](repeating: 0, count: 65536)
                _ = read(client, &request, request.count)
                _ = write(client, answer, answer.count)
                shutdown(client, Int32(SHUT_WR))
                close(client)
            }

            """,
        ]
    }
}
