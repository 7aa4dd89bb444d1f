import HTTPSecure
import Model
import Posix
import Synchronization
import Testing

@testable import Router

extension RouterSuite {
    /// TLS on the port that speaks plain HTTP too, with real clients.
    @Suite("TLS", .timeLimit(.minutes(2)))
    struct SecureTests {
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

        private func curl(_ router: TestRouter, _ host: String = "x.localhost", _ more: [String] = []) throws -> Run {
            try Run(
                [
                    "curl", "-sS", "--max-time", "10", "--cacert", authority, "--resolve",
                    "\(host):\(router.port):127.0.0.1",
                ]
                    + more + ["https://\(host):\(router.port)/"])
        }

        @Test("the authority's key is for its owner only, and the next start has the same authority")
        func authorityIsKept() throws {
            let key = "\(scratch.path)/tls/paas-ca.key"
            #expect(try Run(["stat", "-c", "%a", key]).output == "600\n")
            #expect(try AuthorityFolder(path: "\(scratch.path)/tls").load().authorityPEM == material.authorityPEM)
        }

        @Test("one port answers http and https, and the app is told which it was")
        func bothOnOnePort() async throws {
            let router = try router()
            let origin = try Origin.answering { head, _ in Origin.response(head) }
            await router.route(.serving([origin.backend()]))
            let plain = try router.get()
            #expect(plain.contains("X-Forwarded-Proto: http\r\n"))
            #expect(await router.line().hasSuffix("tls=false"))
            let secure = try curl(router)
            #expect(secure.status == 0, "\(secure.errors)")
            #expect(secure.output.contains("X-Forwarded-Proto: https\r\n"))
            #expect(secure.output.contains("X-Forwarded-Port: \(router.port)\r\n"))
            #expect(await router.line().hasSuffix("tls=true tls_version=tls1.3"))
        }

        @Test("a client that trusts the authority accepts it", arguments: ["--tlsv1.2 --tls-max 1.2", "--tlsv1.3"])
        func versions(_ options: String) async throws {
            let router = try router()
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            let run = try curl(router, "x.localhost", options.split(separator: " ").map(String.init))
            #expect(run.output == "Hello, world!", "\(run.errors)")
        }

        @Test("TLS 1.1 is refused")
        func old() async throws {
            let router = try router()
            await router.route(.starting)
            let run = try Run(
                [
                    "openssl", "s_client", "-connect", "127.0.0.1:\(router.port)", "-tls1_1", "-cipher",
                    "ALL:@SECLEVEL=0",
                ])
            #expect(run.status != 0)
        }

        @Test("an app that does without has none made for its domains, only for its NAME.localhost")
        func withoutAutomatic() async throws {
            let router = try router()
            let origin = try Origin.hello()
            let route = RoutingTable.Route(
                app: AppID(), state: .serving([origin.backend()]), certifiesAliases: false)
            await router.route(
                .serving([origin.backend()]), more: ["y.localhost": route],
                aliases: ["own.test": "y.localhost", "shop.test": "x.localhost"])
            let refused = try curl(router, "own.test")
            #expect(refused.status == 60 && refused.output.isEmpty, "\(refused)")
            for host in ["x.localhost", "y.localhost", "shop.test"] {
                #expect(try curl(router, host).output == "Hello, world!", "\(host)")
            }
        }

        @Test("told once more, the router makes its certificates anew")
        func refreshed() async throws {
            let router = try router()
            await router.route(.starting)
            func serial() throws -> String {
                try Run(
                    [
                        "sh", "-c",
                        "openssl s_client -connect 127.0.0.1:\(router.port) -servername x.localhost </dev/null 2>/dev/null"
                            + " | openssl x509 -noout -serial",
                    ]
                ).output
            }
            let first = try serial()
            #expect(first.hasPrefix("serial="))
            #expect(try serial() == first)
            router.secure(with: material)
            #expect(try serial() != first)
        }

        @Test(
            "H32, over HTTP/2 H31: a connection that was made for one app asks for another one",
            arguments: [
                ("--http1.1", 495, "H32 desc=\"TLS Certificate Mismatch\""),
                ("--http2", 421, "H31 desc=\"Misdirected Request\""),
            ])
        func misdirected(version: String, status: Int, code: String) async throws {
            let router = try router()
            let origin = try Origin.hello()
            let other = RoutingTable.Route(app: AppID(), state: .serving([origin.backend()]))
            await router.route(
                .serving([origin.backend()]), more: ["y.localhost": other], aliases: ["own.test": "x.localhost"])
            func ask(_ host: String, _ shown: String) throws -> Run {
                try curl(router, shown, [version, "-H", "Host: \(host)", "-w", "%{http_code}"])
            }
            let refused = try ask("x.localhost", "y.localhost")
            #expect(refused.output.hasSuffix("\(status)"), "\(refused)")
            #expect(await router.line().hasPrefix("at=error code=\(code) method=GET "))
            // Another host of the same app, in other letters, or of no app: nobody is misled.
            for (host, shown) in [
                ("X.LOCALHOST", "x.localhost"), ("own.test", "x.localhost"), ("x.localhost", "localhost"),
            ] {
                #expect(try ask(host, shown).output == "Hello, world!200", "\(host) \(shown)")
            }
        }

        @Test("each host has a certificate of its own, which names no other")
        func leaves() async throws {
            let router = try router()
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            for (asked, named) in [("x.localhost", "x.localhost"), ("unknown.localhost", "localhost")] {
                let run = try Run([
                    "bash", "-c",
                    "openssl s_client -connect 127.0.0.1:\(router.port) -servername \(asked) </dev/null 2>/dev/null"
                        + " | openssl x509 -noout -ext subjectAltName",
                ])
                #expect(run.output.contains("DNS:\(named)"), "\(run.output)")
            }
        }

        @Test("the authority cannot vouch for names of the world")
        func constrained() throws {
            let authority = try CertificateAuthority(
                certificatePEM: material.authorityPEM, keyPEM: material.authorityKeyPEM)
            #expect(!CertificateAuthority.maySign(for: "example.com"))
            #expect(CertificateAuthority.maySign(for: "shop.test"))
            _ = authority
            let text = try Run(["openssl", "x509", "-in", self.authority, "-noout", "-text"]).output
            #expect(text.contains("X509v3 Name Constraints: critical"))
        }

        @Test("a certificate that was brought for a host is the one that its clients see; a wildcard is for one label")
        func ownCertificates() async throws {
            let folder = scratch.path
            let made = try Run([
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(folder)/k.pem", "-out",
                "\(folder)/c.pem", "-days", "10", "-subj", "/CN=*.shop.test", "-addext",
                "subjectAltName=DNS:*.shop.test",
            ])
            #expect(made.status == 0, "\(made.errors)")
            var material = material
            material.certificates = [
                .init(
                    hosts: ["*.shop.test"], chainPEM: try FileTree.read("\(folder)/c.pem"),
                    keyPEM: try FileTree.read("\(folder)/k.pem"))
            ]
            let router = try TestRouter()
            router.secure(with: material)
            let origin = try Origin.hello()
            let state = RoutingTable.State.serving([origin.backend()])
            await router.route(state, more: ["a.shop.test": .init(app: AppID(), state: state)])
            let host = "a.shop.test"
            let run = try Run([
                "curl", "-sS", "--cacert", "\(folder)/c.pem", "--resolve", "\(host):\(router.port):127.0.0.1",
                "https://\(host):\(router.port)/",
            ])
            #expect(run.output == "Hello, world!", "\(run.errors)")
        }

        @Test("a session that one thread made is resumed by another")
        func resumption() async throws {
            let router = try TestRouter { $0.loops = 2 }
            router.secure(with: material)
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            let script = """
                import ssl, socket, sys
                port, ca = int(sys.argv[1]), sys.argv[2]
                context = ssl.create_default_context(cafile=ca)
                context.maximum_version = ssl.TLSVersion.TLSv1_2
                session, resumed = None, 0
                for _ in range(20):
                    with socket.create_connection(("127.0.0.1", port)) as raw:
                        with context.wrap_socket(raw, server_hostname="x.localhost", session=session) as s:
                            s.sendall(b"GET / HTTP/1.1\\r\\nHost: x.localhost\\r\\nConnection: close\\r\\n\\r\\n")
                            while s.recv(4096): pass
                            resumed += s.session_reused
                            session = s.session
                print(resumed)
                """
            let run = try Run(["python3", "-c", script, "\(router.port)", authority])
            #expect(run.output == "19\n", "\(run.errors)")
        }

        @Test("bodies of 20 MB pass both ways, unharmed")
        func largeBodies() async throws {
            let router = try router()
            let origin = try Origin.answering { _, body in Origin.response(body) }
            await router.route(.serving([origin.backend()]))
            let script = """
                import os, ssl, sys, http.client
                context = ssl.create_default_context(cafile=sys.argv[2])
                body = bytes(ord("a") + i % 26 for i in range(1 << 20)) * 20
                c = http.client.HTTPSConnection("localhost", int(sys.argv[1]), context=context)
                c._context.check_hostname = False
                for _ in range(2):
                    c.request("POST", "/", body, {"Host": "x.localhost"})
                    print(c.getresponse().read() == body)
                """
            let run = try Run(["python3", "-c", script, "\(router.port)", authority])
            #expect(run.output == "True\nTrue\n", "\(run.errors)")
        }

        @Test("a handshake that breaks off, or is nonsense, costs nothing but its connection")
        func nonsense() async throws {
            let router = try router()
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            for bytes: [UInt8] in [[0x16], [0x16, 3, 1, 0xFF, 0xFF], [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]] {
                let socket = try router.connect()
                socket.send(bytes)
                socket.finishWriting()
                _ = socket.readAll()
            }
            #expect(try curl(router).output == "Hello, world!")
        }

        @Test("without an authority, TLS is refused and HTTP goes on")
        func withoutAuthority() async throws {
            let router = try TestRouter()
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]))
            #expect(try curl(router).status != 0)
            #expect(try router.get().hasSuffix("Hello, world!"))
        }
    }
}

/// A program's run to its end.
struct Run {
    let output: String
    let errors: String
    let status: Int32

    init(_ command: [String]) throws {
        let scratch = try Scratch(name: "run")
        let (out, err) = ("\(scratch.path)/out", "\(scratch.path)/err")
        let null = try Descriptor(opening: "/dev/null", 0)
        let outFile = try Descriptor(opening: out, 0o101 | 0o1000)
        let errFile = try Descriptor(opening: err, 0o101 | 0o1000)
        // A client that hangs is a failure, not a test that never ends.
        let program = try #require(Subprocess.find("timeout", path: Environment["PATH"] ?? "/usr/bin:/bin"))
        let process = try Subprocess.start(
            program, arguments: ["60"] + command, environment: Environment.all,
            descriptors: [null.raw, outFile.raw, errFile.raw])
        let end = try Subprocess.wait(process)
        switch end {
        case .code(let code): status = code
        default: status = 128
        }
        output = try FileTree.readText(out)
        errors = try FileTree.readText(err)
    }
}
