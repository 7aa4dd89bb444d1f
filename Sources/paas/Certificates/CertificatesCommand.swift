import APIClient
import APISchema
import Console

extension Command {
    static let certs = Command(
        "certs", abstract: "list SSL certificates for an app", flags: [.app, .remote, .json],
        examples: ["paas certs -a my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        if invocation.has(.json) {
            return terminal.json(try await platform.wholeList(["apps", app.id, "sni-endpoints"]))
        }
        let endpoints = try await platform.endpoints(of: app.id)
        guard !endpoints.isEmpty else {
            terminal.print("\(terminal.appName(app.name, on: terminal.output)) has no SSL certificates.")
            return terminal.print("Use paas certs:add CRT KEY to add one.")
        }
        var table = Table(["Name", "Common Name(s)", "Expires", "Trusted", "Type"])
        for endpoint in endpoints {
            table.add([
                endpoint.name, endpoint.sslCert.certDomains.joined(separator: ", "),
                CertificateText.time(endpoint.sslCert.expiresAt), endpoint.sslCert.isCASigned ? "True" : "False", "SNI",
            ])
        }
        terminal.table(table)
    }

    static let certsInfo = Command(
        "certs:info", abstract: "show certificate information for an SSL certificate",
        flags: [.app, .remote, .certificate, .endpoint, .showDomains],
        examples: ["paas certs:info --name calm-tor-12345"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let endpoint = try await CertificateChoice(invocation).endpoint(of: app, on: platform)
        let text = "Fetching SSL certificate \(endpoint.name) info for \(terminal.appName(app.name))"
        let domains = try await terminal.action(text) { _ in try await platform.domains(of: app.id) }
        let served = domains.filter { endpoint.domains.contains($0.id) }.map(\.hostname)
        CertificateText.show(endpoint, domains: invocation.has(.showDomains) ? served : [], on: terminal)
    }
}

extension Flag {
    static let certificate = Flag("name", placeholder: "name", help: "name of the SSL certificate")
    static let endpoint = Flag("endpoint", placeholder: "endpoint", help: "the same as --name", isHidden: true)
    fileprivate static let showDomains = Flag(
        "show-domains", help: "show associated domains with the certificate")
}

/// Which of an app's certificates is meant.
struct CertificateChoice {
    private let name: String?

    init(_ invocation: Invocation) { name = invocation[.certificate] ?? invocation[.endpoint] }

    func endpoint(of app: AppResource, on platform: PlatformClient) async throws -> SNIEndpointResource {
        let all = try await platform.endpoints(of: app.id)
        if let name {
            if let found = all.first(where: { $0.name == name || $0.id == name }) { return found }
            throw Failure("Couldn't find that SNI endpoint (\(name)).", mend: ["paas certs -a \(app.name)"])
        }
        guard let first = all.first else {
            throw Failure("\(app.name) has no SSL certificates.", mend: ["paas certs:add CRT KEY -a \(app.name)"])
        }
        guard all.count == 1 else {
            throw Failure(
                "Must pass --name when more than one endpoint", mend: all.map { "--name \($0.name)" })
        }
        return first
    }
}

/// Certificates in Heroku's words. Source: heroku-cli.md §13.3.
enum CertificateText {
    /// `2026-01-02 03:04 UTC`.
    static func time(_ moment: String) -> String {
        let halves = moment.split(separator: "T")
        guard halves.count == 2 else { return moment }
        return "\(halves[0]) \(halves[1].prefix(5)) UTC"
    }

    static func show(_ endpoint: SNIEndpointResource, domains: [String], on terminal: Terminal) {
        let certificate = endpoint.sslCert
        terminal.print("Certificate details:")
        terminal.object([
            ("Common Name(s)", certificate.certDomains), ("Domain(s)", domains),
            ("Expires At", [time(certificate.expiresAt)]), ("Issuer", [certificate.issuer]),
            ("Starts At", [time(certificate.startsAt)]), ("Subject", [certificate.subject]),
        ])
        if certificate.isCASigned {
            terminal.print("SSL certificate is verified by a root authority.")
        } else if certificate.isSelfSigned {
            terminal.print("SSL certificate is self signed.")
        } else {
            terminal.print("SSL certificate is not trusted.")
        }
    }
}
