import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let certsAdd = Command(
        "certs:add", abstract: "add an SSL certificate to an app",
        discussion:
            "CRT holds the certificate and, behind it, those between it and its authority, all in PEM; KEY its private "
            + "key without a passphrase. It is served for the domains of the app that it names, and to those that are "
            + "added later.",
        flags: [.app, .remote], operands: filesOperands,
        examples: ["paas certs:add www.example.test.crt www.example.test.key"]
    ) { invocation in
        let terminal = invocation.terminal
        let upload = try CertificateFiles.read(invocation.operands)
        let (platform, app) = try await invocation.target()
        let endpoint = try await terminal.action("Adding SSL certificate to \(terminal.appName(app.name))") { _ in
            try await platform.addCertificate(upload, to: app.id)
        }
        CertificateText.show(endpoint, domains: [], on: terminal)
        let names = endpoint.sslCert.certDomains
        let free = try await platform.domains(of: app.id).filter { domain in
            domain.kind == "custom" && domain.sniEndpoint == nil && CertificateFiles.covers(names, domain.hostname)
        }
        terminal.print()
        guard !free.isEmpty else {
            terminal.print("No domain of \(app.name) is served with it yet. To add one:")
            return terminal.print("    paas domains:add '\(names.first ?? "HOST")' -a \(app.name)")
        }
        for domain in free {
            try await platform.updateDomain(domain.id, of: app.id, DomainUpdate(sniEndpoint: endpoint.name))
            terminal.print("\(domain.hostname) is served with it.")
        }
    }

    static let certsUpdate = Command(
        "certs:update", abstract: "update an SSL certificate on an app",
        flags: [.app, .remote, .confirm, .certificate, .endpoint], operands: filesOperands,
        examples: ["paas certs:update example.com.crt example.com.key"]
    ) { invocation in
        let terminal = invocation.terminal
        let upload = try CertificateFiles.read(invocation.operands)
        let (platform, app) = try await invocation.target()
        let endpoint = try await CertificateChoice(invocation).endpoint(of: app, on: platform)
        try terminal.confirmDestruction(
            of: app.name, confirmation: invocation[.confirm],
            warning: "This command will change the certificate of endpoint \(endpoint.name) from \(app.name).")
        let text = "Updating SSL certificate \(endpoint.name) for \(terminal.appName(app.name))"
        let updated = try await terminal.action(text) { _ in
            try await platform.updateCertificate(endpoint.id, of: app.id, upload)
        }
        CertificateText.show(updated, domains: [], on: terminal)
    }

    static let certsRemove = Command(
        "certs:remove", abstract: "remove an SSL certificate from an app",
        flags: [.app, .remote, .confirm, .certificate, .endpoint], examples: ["paas certs:remove --name calm-tor-12345"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let endpoint = try await CertificateChoice(invocation).endpoint(of: app, on: platform)
        try terminal.confirmDestruction(
            of: app.name, confirmation: invocation[.confirm],
            warning: "This command will remove the endpoint \(endpoint.name) from \(app.name).")
        let text = "Removing SSL certificate \(endpoint.name) from \(terminal.appName(app.name))"
        try await terminal.action(text) { _ in try await platform.removeCertificate(endpoint.id, from: app.id) }
    }

    private static let filesOperands: [Operand] = [
        .required("CRT", "file with the certificate and those above it"), .required("KEY", "file with its private key"),
    ]
}

/// The files that a person brings.
enum CertificateFiles {
    /// More than any chain has.
    private static let limitBytes = 1 << 20

    static func read(_ operands: [String]) throws -> CertificateUpload {
        CertificateUpload(certificateChain: try text(of: operands[0]), privateKey: try text(of: operands[1]))
    }

    private static func text(of path: String) throws -> String {
        do {
            let bytes = try FileTree.read(path, limit: limitBytes + 1)
            guard bytes.count <= limitBytes else {
                throw Failure("\(path) is too large for a certificate or a key: it has more than 1 MB.")
            }
            return String(decoding: bytes, as: UTF8.self)
        } catch let error as PosixError {
            throw Failure("Couldn't read \(path)\n\(error)", mend: ["ls -l '\(path)'"])
        }
    }

    /// Whether a certificate with these names is for that domain: a wildcard stands for one label.
    static func covers(_ names: [String], _ host: String) -> Bool {
        names.contains { name in
            guard name != host else { return true }
            guard name.hasPrefix("*."), !host.hasPrefix("*."), let dot = host.firstIndex(of: ".") else { return false }
            return host[dot...] == name.dropFirst()
        }
    }
}
