import Posix
import TestSupport
import Testing

@Suite("The authority of this machine", .timeLimit(.minutes(2)))
struct TrustTests {
    /// A home with an authority, a person's home with the profiles of two browsers, and a folder that stands for /.
    private struct Machine {
        let platform: FakePlatform
        var root: String { "\(platform.home)/root" }
        var chromium: String { "\(platform.home)/.pki/nssdb" }
        var firefox: String { "\(platform.home)/.mozilla/firefox/abc.default" }

        init(_ platform: FakePlatform, certificate: TestCertificate) async throws {
            self.platform = platform
            try FileTree.makeFolder("\(platform.home)/tls")
            try FileTree.write(Array(certificate.chain.utf8), to: "\(platform.home)/tls/paas-ca.pem")
            for folder in [chromium, firefox] {
                try FileTree.makeFolder(folder)
                _ = try await run(["certutil", "-d", "sql:\(folder)", "-N", "--empty-password"]).orThrow()
            }
        }

        func run(_ words: [String]) async throws -> Outcome {
            try await Command(words, environment: ["PATH": Programs.systemPath], folder: "/").run()
        }

        /// The authorities of a browser that have our name.
        func known(to folder: String) async throws -> String {
            let all = try await run(["certutil", "-d", "sql:\(folder)", "-L"]).orThrow().output
            return all.split(separator: "\n").filter { $0.contains("paas local authority") }.joined(separator: "\n")
        }

        func paas(_ words: String..., path: String = Programs.systemPath) async throws -> Outcome {
            try await platform.run(words + ["--root", root], environment: ["PATH": path])
        }
    }

    @Test(
        "is put into the system's store and those of browsers, once, and taken out of them again",
        .needs("certutil"), .needs("openssl"))
    func trusted() async throws {
        let before = try FileTree.read("/etc/ssl/certs/ca-certificates.crt")
        let certificate = try TestCertificate.make(["authority.test"])
        try await FakePlatform.with([:]) { platform in
            let machine = try await Machine(platform, certificate: certificate)
            let bundle = "\(machine.root)/etc/ssl/certs/ca-certificates.crt"
            for _ in 1...2 {
                let outcome = try await machine.paas("certs:trust")
                #expect(
                    outcome.errors == """
                        Adding the authority to the system's store... done
                        Adding the authority to \(machine.chromium)... done
                        Adding the authority to \(machine.firefox)... done

                        """)
                #expect(
                    outcome.output == """
                        Browsers that are open see it when they are started again. Programs with a store of their own:
                            export NODE_EXTRA_CA_CERTS='\(platform.home)/tls/paas-ca.pem'  # Node.js
                            export REQUESTS_CA_BUNDLE='\(bundle)'  # Python's requests

                        """)
                #expect(try FileTree.readText(bundle).contains(certificate.chain))
                for folder in [machine.chromium, machine.firefox] {
                    let known = try await machine.known(to: folder)
                    #expect(known.split(separator: "\n").count == 1 && known.contains("C,,"), "\(known)")
                }
            }
            let outcome = try await machine.paas("certs:untrust")
            #expect(
                outcome.errors == """
                    Removing the authority from the system's store... done
                    Removing the authority from \(machine.chromium)... done
                    Removing the authority from \(machine.firefox)... done

                    """, "\(outcome)")
            #expect(!(try FileTree.readText(bundle).contains(certificate.chain)))
            for folder in [machine.chromium, machine.firefox] {
                #expect(try await machine.known(to: folder) == "")
            }
            let again = try await machine.paas("certs:untrust")
            #expect(again.output == "The system's store does not know it.\n" && again.errors == "" && again.code == 0)
        }
        #expect(try FileTree.read("/etc/ssl/certs/ca-certificates.crt") == before)
    }

    @Test("of a home that got a new one takes the place of the old one", .needs("certutil"), .needs("openssl"))
    func renewed() async throws {
        try await FakePlatform.with([:]) { platform in
            let (old, new) = (try TestCertificate.make(["old.test"]), try TestCertificate.make(["new.test"]))
            let machine = try await Machine(platform, certificate: old)
            #expect(try await machine.paas("certs:trust").code == 0)
            try FileTree.write(Array(new.chain.utf8), to: "\(platform.home)/tls/paas-ca.pem")
            #expect(try await machine.paas("certs:trust").code == 0)
            let bundle = try FileTree.readText("\(machine.root)/etc/ssl/certs/ca-certificates.crt")
            #expect(bundle.contains(new.chain) && !bundle.contains(old.chain))
            let known = try await machine.run(
                ["certutil", "-d", "sql:\(machine.firefox)", "-L", "-a", "-n", try await nickname(machine)])
            #expect(known.output.contains(new.chain.split(separator: "\n")[1]), "\(known)")
        }
    }

    private func nickname(_ machine: Machine) async throws -> String {
        let line = try await machine.known(to: machine.firefox)
        return line.split(separator: " ").dropLast().joined(separator: " ")
    }

    @Test("is put where it can be, and the steps that are left are printed", .needs("certutil"), .needs("openssl"))
    func partly() async throws {
        let tools = try Scratch.folder("paas-tools")
        defer { try? FileTree.remove(tools) }
        for tool in ["install", "rm"] {
            try FileTree.write(
                Array("#!/bin/sh\nexec /usr/bin/\(tool) \"$@\"\n".utf8), to: "\(tools)/\(tool)", mode: 0o755)
        }
        try await FakePlatform.with([:]) { platform in
            let machine = try await Machine(platform, certificate: try TestCertificate.make(["authority.test"]))
            // A machine without certutil, and a store that cannot be written.
            try FileTree.makeFolder("\(machine.root)/usr")
            try FileTree.write([], to: "\(machine.root)/usr/local")
            let outcome = try await machine.paas("certs:trust", path: tools)
            #expect(outcome.code == 1)
            let errors = outcome.errors
            #expect(errors.hasPrefix("Adding the authority to the system's store... !\n"), "\(outcome)")
            #expect(errors.contains("Error: Not every store knows the authority yet."))
            #expect(
                errors.contains("sudo install -D -m 644 \(platform.home)/tls/paas-ca.pem \(machine.root)/usr/local/"))
            #expect(errors.contains("sudo apt-get install libnss3-tools && paas certs:trust"))
            #expect(outcome.output.contains("certutil is not installed"))
        }
    }

    @Test(
        "of somebody who is not root goes into the system's store through sudo, and where that refuses, as steps",
        .needs("openssl"), .needs("setpriv"), arguments: [true, false])
    func throughSudo(isAllowed: Bool) async throws {
        let folder = try Scratch.folder("paas-trust")
        defer { try? FileTree.remove(folder) }
        let certificate = try TestCertificate.make(["authority.test"])
        // It does nothing but say what it was asked to do.
        let refusal = isAllowed ? "" : "echo no password >&2; exit 1"
        let sudo = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> '\(folder)/asked'\n\(refusal)\n"
        for sub in ["home/tls", "bin"] { try FileTree.makeFolder("\(folder)/\(sub)", mode: 0o755) }
        for (name, text) in [("home/tls/paas-ca.pem", certificate.chain), ("bin/sudo", sudo), ("asked", "")] {
            try FileTree.write(Array(text.utf8), to: "\(folder)/\(name)", mode: 0o755)
        }
        _ = try await Command(
            [
                "sh", "-c", "cp \"$1\" bin/paas && [ $(id -u) != 0 ] || chown -R 65534:65534 .", "sh",
                try PaasProgram.path(),
            ],
            environment: ["PATH": Programs.systemPath], folder: folder
        ).run().orThrow()
        let drop = Environment.userID == 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : []
        let outcome = try await Command(
            drop + ["\(folder)/bin/paas", "certs:trust"],
            environment: [
                "PATH": "\(folder)/bin:\(Programs.systemPath)", "HOME": folder, "PAAS_HOME": "\(folder)/home",
                "LD_LIBRARY_PATH": Environment["LD_LIBRARY_PATH"] ?? "",
            ], folder: folder
        ).run()
        let asked = try FileTree.readText("\(folder)/asked").split(separator: "\n")
        #expect(
            asked.first?.hasPrefix("-n /usr/bin/install -D -m 644 \(folder)/home/tls/paas-ca.pem /usr/local/share/")
                == true)
        if isAllowed {
            #expect(outcome.code == 0 && asked.last?.hasSuffix("/update-ca-certificates") == true, "\(outcome)")
        } else {
            #expect(outcome.code == 1 && asked.count == 1, "\(outcome)")
            #expect(
                outcome.errors.contains("  sudo install -D -m 644 ")
                    && outcome.errors.contains("  sudo update-ca-certificates"))
        }
    }
}
