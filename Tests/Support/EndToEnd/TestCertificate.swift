import Posix

/// A self-signed certificate that openssl has made, with its key; both PEM.
package struct TestCertificate: Sendable {
    package let chain: String
    package let key: String

    struct Failed: Error { let reason: String }

    /// - Parameter hosts: its alternative names; the first one is its subject too.
    package static func make(_ hosts: [String], days: Int = 30) throws -> TestCertificate {
        let folder = try Scratch.folder("paas-certificate")
        defer { try? FileTree.remove(folder) }
        let names = hosts.map { "DNS:\($0)" }.joined(separator: ",")
        let made = try Subprocess.capture(
            Subprocess.find("openssl", path: Programs.systemPath) ?? "openssl",
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "\(folder)/k", "-out", "\(folder)/c", "-days", "\(days)", "-subj", "/CN=\(hosts.first ?? "x")",
                "-addext", "subjectAltName=\(names)",
            ], environment: ["PATH": Programs.systemPath])
        guard made.end.isSuccess else { throw Failed(reason: String(decoding: made.errors, as: UTF8.self)) }
        return TestCertificate(chain: try FileTree.readText("\(folder)/c"), key: try FileTree.readText("\(folder)/k"))
    }

    /// Made once, for tests that need no more than that it is one: `www.shop.test` and `*.shop.test`.
    package static func shop() throws -> TestCertificate { try made.get() }
    private static let made = Result { try make(["www.shop.test", "*.shop.test"]) }

    /// The body of an upload.
    package var upload: String {
        func quoted(_ text: String) -> String { text.replacing("\n", with: "\\n") }
        return #"{"certificate_chain":"\#(quoted(chain))","private_key":"\#(quoted(key))"}"#
    }
}
