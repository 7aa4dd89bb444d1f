import Console
import Posix

extension Command {
    static let certsGenerate = Command(
        "certs:generate", abstract: "generate a key and a CSR or self-signed certificate",
        discussion: "openssl makes the files in this folder. Nothing is asked: what is not given is left out.",
        flags: [
            .app, .remote, .selfsigned, .keysize, .owner, .country, .area, .city, .subject,
            Flag("now", help: "do not prompt for any owner information", isHidden: true),
        ],
        operands: [.required("DOMAIN", "domain name to generate")],
        examples: ["paas certs:generate www.example.test --selfsigned"]
    ) { invocation in
        let terminal = invocation.terminal
        let domain = invocation.operands[0]
        guard let openssl = MachineProgram.path(of: "openssl") else {
            throw Failure("openssl is not installed.", mend: ["sudo apt-get install openssl"])
        }
        guard !domain.isEmpty,
            domain.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") })
        else { throw Failure.usage("Expected DOMAIN to be a name like www.example.test, not \(domain)") }
        guard let size = Int(invocation[.keysize] ?? "2048"), (2048...8192).contains(size) else {
            throw Failure.usage("Expected --keysize to be a number from 2048 to 8192")
        }
        let isSelfSigned = invocation.has(.selfsigned)
        let name = domain.replacing("*", with: "star").replacing(".", with: "_")
        let (key, file) = ("\(name).key", "\(name).\(isSelfSigned ? "crt" : "csr")")
        for path in [key, file] where FileTree.exists(path) {
            throw Failure("\(path) is there already.", mend: ["mv \(path) \(path).old"])
        }
        let parts = [
            ("C", invocation[.country]), ("ST", invocation[.area]), ("L", invocation[.city]), ("O", invocation[.owner]),
            ("CN", domain),
        ]
        let subject =
            invocation[.subject]
            ?? parts.compactMap { key, value in value.map { "/\(key)=\($0.replacing("/", with: "\\/"))" } }.joined()
        var arguments = [
            "req", "-new", "-newkey", "rsa:\(size)", "-nodes", "-keyout", key, "-out", file, "-subj", subject,
            "-addext",
            "subjectAltName=DNS:\(domain)",
        ]
        if isSelfSigned { arguments += ["-x509", "-days", "365"] }
        let run = try Subprocess.capture(openssl, arguments: arguments, environment: Environment.all)
        guard run.end.isSuccess else {
            for path in [key, file] { try? FileTree.remove(path) }  // What openssl says matters more.
            throw Failure("openssl failed:\n\(String(decoding: run.errors.suffix(500), as: UTF8.self))")
        }
        if isSelfSigned {
            terminal.print("Your key and self-signed certificate have been generated.")
            terminal.print("Next, run:")
            return terminal.print("$ paas certs:add \(file) \(key)")
        }
        terminal.print("Your key and certificate signing request have been generated.")
        terminal.print("Submit the CSR in '\(file)' to your preferred certificate authority.")
        terminal.print("When you've received your certificate, run:")
        terminal.print("$ paas certs:add CERTFILE \(key)")
    }
}

extension Flag {
    fileprivate static let selfsigned = Flag("selfsigned", help: "generate a self-signed certificate instead of a CSR")
    fileprivate static let keysize = Flag(
        "keysize", placeholder: "keysize", help: "RSA key size in bits (default: 2048)")
    fileprivate static let owner = Flag(
        "owner", placeholder: "owner", help: "name of organization certificate belongs to")
    fileprivate static let country = Flag(
        "country", placeholder: "country", help: "country of owner, as a two-letter code")
    fileprivate static let area = Flag("area", placeholder: "area", help: "sub-country area (state, province, etc.)")
    fileprivate static let city = Flag("city", placeholder: "city", help: "city of owner")
    fileprivate static let subject = Flag(
        "subject", placeholder: "subject", help: "specify entire certificate subject")
}
