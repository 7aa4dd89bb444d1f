import HTTPSecure
import Model
import Posix
import Testing

@testable import Router

extension RouterSuite {
    @Suite("A certificate that somebody brings", .timeLimit(.minutes(1)))
    struct CertificateCheckTests {
        private let scratch: Scratch
        /// A root, an intermediate and a leaf for `www.shop.test`, and a key of nobody.
        init() throws {
            scratch = try Scratch()
            let script = """
                set -e
                cd "$1"
                key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }
                for name in root middle leaf other; do key $name; done
                openssl req -x509 -new -key root.key -subj /CN=Root -days 30 -out root.crt
                printf 'basicConstraints=critical,CA:TRUE\\n' > ca.ext
                printf 'subjectAltName=DNS:www.shop.test\\n' > leaf.ext
                openssl req -new -key middle.key -subj /CN=Middle | openssl x509 -req -CA root.crt -CAkey root.key \
                    -CAcreateserial -days 30 -extfile ca.ext -out middle.crt
                sign() { openssl req -new -key leaf.key -subj "/CN=$1" | openssl x509 -req -CA middle.crt \
                    -CAkey middle.key -CAcreateserial "${@:3}" -out $2.crt; }
                sign www.shop.test leaf -days 30 -extfile leaf.ext
                sign nameless nameless -days 30
                openssl pkey -in leaf.key -aes128 -passout pass:secret -out locked.key
                openssl genrsa -out weak.key 512 2>/dev/null || openssl genrsa -out weak.key 1024
                openssl req -x509 -new -key weak.key -subj /CN=weak -days 30 -addext subjectAltName=DNS:weak.test -out weak.crt
                """
            let run = try Run(["bash", "-c", script, "bash", scratch.path])
            try #require(run.status == 0, "\(run.errors)")
        }

        private func read(_ names: String...) throws -> [UInt8] {
            try names.flatMap { try FileTree.read("\(scratch.path)/\($0)") }
        }

        private func accept(_ chain: [UInt8], _ key: [UInt8], now: Int? = nil) throws -> CertificateCheck.Accepted {
            try CertificateCheck.accept(
                chain: chain, key: key, now: now ?? Int(Moment.realtimeMicroseconds / 1_000_000))
        }

        @Test(
            "is taken with the chain above it, whatever stands between the certificates, and never with its key in it")
        func taken() throws {
            let chain = Array("a note\n".utf8) + (try read("leaf.crt", "leaf.key", "middle.crt", "root.crt"))
            let accepted = try accept(chain, try read("leaf.key"))
            let text = String(decoding: accepted.chainPEM, as: UTF8.self)
            #expect(!text.contains("PRIVATE") && text.matches(of: /BEGIN CERTIFICATE/).count == 3)
            let facts = try CertificateCheck.facts(of: accepted.chainPEM)
            #expect(facts.subject.contains("CN=www.shop.test") && facts.issuer == "CN=Middle")
            #expect(facts.hosts == ["www.shop.test"] && !facts.isSelfSigned && !facts.isTrusted)
            #expect(facts.expiresAt.since(facts.startsAt) == .seconds(30 * 86_400))
            let (named, parent) = (try HostName("www.shop.test"), try HostName("shop.test"))
            #expect(facts.covers(named) && !facts.covers(parent))
        }

        @Test("is refused with the reason")
        func refused() throws {
            let key = try read("leaf.key")
            let cases: [([UInt8], [UInt8], InvalidCertificate)] = [
                ([], key, .noCertificate), (key, try read("leaf.crt"), .swapped),
                (try read("leaf.crt"), try read("locked.key"), .lockedKey),
                (
                    try read("middle.crt", "leaf.crt"), key,
                    .wrongOrder(first: "CN=Middle", own: "CN=www.shop.test", position: 2)
                ),
                (try read("leaf.crt"), try read("other.key"), .otherKey(subject: "CN=www.shop.test")),
                (try read("leaf.crt", "root.crt"), key, .broken(position: 2, found: "CN=Root", wanted: "CN=Middle")),
                (try read("nameless.crt"), key, .noNames(subject: "CN=nameless")),
            ]
            for (chain, key, refusal) in cases {
                #expect(throws: refusal) { try accept(chain, key) }
                #expect(!"\(refusal.explanation)".contains("PRIVATE"))
            }
            let facts = try CertificateCheck.facts(of: try read("leaf.crt"))
            #expect(throws: InvalidCertificate.expired(at: facts.expiresAt)) {
                try accept(try read("leaf.crt"), key, now: Int(facts.expiresAt.microseconds / 1_000_000))
            }
            #expect(throws: InvalidCertificate.notYet(from: facts.startsAt)) {
                try accept(try read("leaf.crt"), key, now: Int(facts.startsAt.microseconds / 1_000_000) - 1)
            }
            for (chain, key) in [(Array("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----".utf8), key)] {
                #expect(throws: InvalidCertificate.self) { try accept(chain, key) }
            }
            #expect(throws: InvalidCertificate.self) { try accept(try read("leaf.crt"), Array("no key".utf8)) }
        }

        @Test("and that OpenSSL would show to nobody is refused before it is kept")
        func weak() throws {
            let refusal = try #require(throws: InvalidCertificate.self) {
                try accept(try read("weak.crt"), try read("weak.key"))
            }
            #expect(refusal.explanation.why.contains("key too small"), "\(refusal)")
        }

        @Test("takes the place of another under load without a request that fails")
        func reload() async throws {
            let folder = "\(scratch.path)/tls"
            var material = try AuthorityFolder(path: folder).load()
            let router = try TestRouter()
            router.secure(with: material)
            let origin = try Origin.hello()
            await router.route(.serving([origin.backend()]), aliases: ["www.shop.test": "x.localhost"])
            let script = """
                import socket, ssl, sys, threading
                port = int(sys.argv[1])
                context = ssl._create_unverified_context()
                failed, done, seen = [], [0], set()
                def ask():
                    for _ in range(60):
                        try:
                            with socket.create_connection(("127.0.0.1", port), 10) as raw:
                                with context.wrap_socket(raw, server_hostname="www.shop.test") as s:
                                    seen.add(s.getpeercert(True))
                                    s.sendall(b"GET / HTTP/1.1\\r\\nHost: www.shop.test\\r\\nConnection: close\\r\\n\\r\\n")
                                    text = b""
                                    while part := s.recv(4096): text += part
                                    if not text.endswith(b"Hello, world!"): failed.append(text)
                                    done[0] += 1
                        except Exception as error: failed.append(error)
                threads = [threading.Thread(target=ask) for _ in range(4)]
                for t in threads: t.start()
                for t in threads: t.join()
                print(done[0], len(failed), failed[:3])
                """
            let changing = Task {
                let own = TLSMaterial.Own(
                    hosts: ["www.shop.test"], chainPEM: try read("leaf.crt", "middle.crt"), keyPEM: try read("leaf.key")
                )
                let fresh = try AuthorityFolder(path: folder).load().ticketKeys
                var turn = 0
                while !Task.isCancelled {
                    turn += 1
                    material.certificates = turn % 2 == 0 ? [] : [own]
                    // As a new daemon does: another server takes the place of the one that handshakes have begun on.
                    if turn % 3 == 0 { material.ticketKeys = turn % 2 == 0 ? fresh : fresh.reversed() }
                    router.secure(with: material)
                    try? await Task.sleep(for: .milliseconds(2))  // Cancelled: the clients are done.
                }
            }
            let port = router.port
            let run = try await BlockingPool(limit: 1).run { try Run(["python3", "-c", script, "\(port)"]) }
            changing.cancel()
            try await changing.value
            #expect(run.output == "240 0 []\n", "\(run.output) \(run.errors)")
        }

        @Test("does not harm a handshake that began before")
        func halfway() async throws {
            let script = """
                import ssl
                into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
                client = ssl._create_unverified_context().wrap_bio(into, out, server_hostname="x.localhost")
                try: client.do_handshake()
                except ssl.SSLWantReadError: pass
                print(*out.read())
                """
            let hello = try Run(["python3", "-c", script]).output.split { $0 == " " || $0 == "\n" }.compactMap {
                UInt8($0)
            }
            try #require(hello.count > 100)
            let folder = "\(scratch.path)/tls"
            let router = try TestRouter()
            router.secure(with: try AuthorityFolder(path: folder).load())
            await router.route(.starting)
            let clients = try (0..<8).map { _ in try router.connect() }
            for client in clients { client.send(Array(hello.prefix(60))) }
            await router.route(.starting)
            for _ in 0..<8 {
                // Each load has ticket keys of its own, as a new daemon's.
                router.secure(with: try AuthorityFolder(path: folder).load())
                await router.route(.starting)
            }
            for client in clients {
                client.send(Array(hello.dropFirst(60)))
                // A handshake's record: the server's part, with a certificate in it.
                #expect(client.read(count: 3) == [0x16, 3, 3])
            }
        }
    }
}
