import Glibc
import Model
import Posix
import Testing

@testable import Buildpacks

/// A host that serves a buildpack over https, as a git repository and as an archive, with a certificate of its own.
final class SecureHost {
    /// `https://127.0.0.1:PORT`
    let address: String
    /// The certificate that a client has to trust.
    let certificate: String
    private let pid: Int32

    /// - Parameter pack: a folder with `bin/detect` and `bin/compile`.
    init(_ bench: Workbench, serving pack: String) async throws {
        let folder = "\(bench.folder)/host"
        certificate = "\(folder)/host.pem"
        try FileTree.makeFolder(folder)
        try FileTree.write(Array(Self.script.utf8), to: "\(folder)/host.py")
        let environment = ["PATH": "/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"]
        let made = try await Workbench.capture(
            "/bin/bash", arguments: ["-ec", Self.setUp, "set-up", pack], environment: environment, folder: folder)
        if !made.end.isSuccess { throw PosixError(EIO, String(decoding: made.errors, as: UTF8.self)) }
        var pipe = try Pipe()
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        pid = try Subprocess.start(
            "/bin/bash", arguments: ["-c", "exec python3 host.py"], environment: environment, folder: folder,
            descriptors: [null.raw, pipe.write.raw, null.raw])
        pipe.closeWriting()
        let line = String(decoding: try pipe.read.read(atMost: 200), as: UTF8.self).split(separator: "\n").first
        address = line.map(String.init) ?? ""
    }

    deinit {
        kill(pid, SIGKILL)
        _ = try? Subprocess.wait(pid)
    }

    private static let setUp = """
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=IP:127.0.0.1' \
        -keyout host.key -out host.pem 2>/dev/null
        mkdir site && tar -C "$1" -czf site/pack.tgz .
        cp -R "$1" work && cd work && git init -q -b main && git add -A
        git -c user.name=a -c user.email=a@example.com commit -q -m 'Pack' && git tag v1
        git clone -q --bare . ../site/pack.git
        """

    /// Files by GET, and git's own http-backend for everything below `pack.git`.
    private static let script = """
        import http.server, os, ssl, subprocess

        class Handler(http.server.SimpleHTTPRequestHandler):
            def git(self):
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                environment = {
                    **os.environ, "GIT_PROJECT_ROOT": os.getcwd(), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
                    "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_LENGTH": str(len(body)),
                    "CONTENT_TYPE": self.headers.get("Content-Type") or "",
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
                    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
                answer = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True).stdout
                head, _, rest = answer.partition(b"\\r\\n\\r\\n")
                fields = [line.split(": ", 1) for line in head.decode().split("\\r\\n")]
                status = next((int(value[:3]) for name, value in fields if name == "Status"), 200)
                self.send_response(status)
                for name, value in fields:
                    if name != "Status": self.send_header(name, value)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest)

            do_POST = git

            def do_GET(self):
                if self.path.startswith("/pack.git"): self.git()
                else: super().do_GET()

            def log_message(self, *_): pass

        os.chdir("site")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("../host.pem", "../host.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print(f"https://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()
        """
}

@Suite("The address of a buildpack", .timeLimit(.minutes(3)))
struct BuildpackAddressTests {
    static let files = ["app.txt": "hello"]

    @Test(
        "may be that of a git repository or an archive on a host", arguments: ["pack.git", "pack.git#v1", "pack.tgz"])
    func https(_ path: String) async throws {
        let bench = try Workbench(Self.files)
        let pack = try ClassicPackTests().makePack(bench, "pack")
        let host = try await SecureHost(bench, serving: pack)
        var request = bench.request(buildpacks: ["\(host.address)/\(path)"], config: ["GREETING": "good morning 1"])
        request.passthrough["GIT_SSL_CAINFO"] = host.certificate
        request.passthrough["SSL_CERT_FILE"] = host.certificate
        request.passthrough["no_proxy"] = "127.0.0.1"
        let product = try await bench.build(request)
        #expect(bench.lines.contains("-----> Text app detected"), "\(bench.text)")
        #expect(product.processTypes == [.web: "cat app.txt"])
    }

    @Test(
        "is refused where the host's certificate is unknown, in the words of the program that asked",
        arguments: ["pack.git", "pack.tgz"])
    func untrusted(_ path: String) async throws {
        let bench = try Workbench(Self.files)
        let host = try await SecureHost(bench, serving: try ClassicPackTests().makePack(bench, "pack"))
        let address = "\(host.address)/\(path)"
        var request = bench.request(buildpacks: [address])
        request.passthrough["no_proxy"] = "127.0.0.1"
        await #expect(throws: BuildFailure.unreachableBuildpack(address)) { try await bench.build(request) }
        #expect(bench.text.lowercased().contains("certificate"), "\(bench.text)")
    }

    @Test("may be one of several: Node.js and then Python build one app, whose processes see both")
    func several() async throws {
        let bench = try Workbench([
            "package.json":
                #"{"name":"a","scripts":{"build":"node -e \"require('fs').writeFileSync('built.txt', 'by node')\""}}"#,
            "requirements.txt": "", "server.py": "print(open('built.txt').read())",
            "Procfile": "web: python server.py\n",
        ])
        let product = try await bench.build(bench.request(buildpacks: ["heroku/nodejs", "heroku/python"]))
        #expect(
            bench.lines.filter { $0.hasSuffix("app detected") } == [
                "-----> Node.js app detected", "-----> Python app detected",
            ], "\(bench.text)")
        #expect(product.buildpackName == "Python")
        #expect(product.buildpacks == ["heroku/nodejs", "heroku/python"])
        let ran = try await bench.runInDyno(product, "python server.py && node -p '1 + 1'")
        #expect(ran.output == "by node\n2\n", "\(ran)")
    }
}
