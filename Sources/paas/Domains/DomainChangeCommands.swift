import APIClient
import APISchema
import Console

extension Command {
    static let domainsAdd = Command(
        "domains:add", abstract: "add a domain to an app",
        discussion:
            "The app answers for the name at once, on the port where it answers as NAME.localhost. The name has to lead "
            + "to this machine: where it does not, the line for /etc/hosts is shown. *.example.test stands for every "
            + "name below example.test that no app has by itself.",
        flags: [.app, .remote, .json, .cert, .wait], operands: [.required("HOSTNAME", "name of the domain to add")],
        examples: ["paas domains:add www.example.test", "paas domains:add '*.example.test'"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let host = invocation.operands[0]
        let body = DomainCreate(hostname: host, sniEndpoint: invocation[.cert])
        let text = "Adding \(terminal.errors.styled(host, .green)) to \(terminal.appName(app.name))"
        let domain = try await terminal.action(text) { _ in try await platform.addDomain(body, to: app.id) }
        if invocation.has(.wait) { try await wait(for: [domain], of: app, on: platform, terminal) }
        if invocation.has(.json) { terminal.json(try WireJSON.encode(domain)) }
        let hints = HostPlace.find(domain.hostname).hints(for: domain)
        for line in hints { if invocation.has(.json) { terminal.note(line) } else { terminal.print(line) } }
    }

    static let domainsRemove = Command(
        "domains:remove", abstract: "remove a domain from an app", flags: [.app, .remote],
        operands: [.required("HOSTNAME", "name of the domain to remove")],
        examples: ["paas domains:remove www.example.test"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let host = invocation.operands[0]
        let text = "Removing \(terminal.errors.styled(host, .green)) from \(terminal.appName(app.name))"
        try await terminal.action(text) { _ in try await platform.removeDomain(host, from: app.id) }
    }

    static let domainsClear = Command(
        "domains:clear", abstract: "remove all domains from an app", flags: [.app, .remote],
        examples: ["paas domains:clear"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        try await terminal.action("Removing all domains from \(terminal.appName(app.name))") { _ in
            for domain in try await platform.domains(of: app.id) where domain.kind == "custom" {
                try await platform.removeDomain(domain.id, from: app.id)
            }
        }
    }

    static let domainsUpdate = Command(
        "domains:update", abstract: "update a domain to use a different SSL certificate on an app",
        flags: [.app, .remote, .cert], operands: [.required("HOSTNAME", "name of the domain")],
        examples: ["paas domains:update www.example.test --cert calm-tor-12345"]
    ) { invocation in
        let terminal = invocation.terminal
        guard let certificate = invocation[.cert] else { throw Failure.usage("Missing required flag cert") }
        let (platform, app) = try await invocation.target()
        let host = invocation.operands[0]
        let names = (host: terminal.errors.styled(host, .cyan), certificate: terminal.errors.styled(certificate, .cyan))
        try await terminal.action("Updating \(names.host) to use \(names.certificate) certificate") { _ in
            try await platform.updateDomain(host, of: app.id, DomainUpdate(sniEndpoint: certificate))
        }
    }

    static let domainsWait = Command(
        "domains:wait", abstract: "wait for domain to be active for an app", flags: [.app, .remote],
        operands: [.optional("HOSTNAME", "name of the domain; all of them without it")],
        examples: ["paas domains:wait www.example.test"]
    ) { invocation in
        let (platform, app) = try await invocation.target()
        let domains =
            if let host = invocation.operands.first { [try await platform.domain(host, of: app.id)] } else {
                try await platform.domains(of: app.id).filter { $0.kind == "custom" }
            }
        try await wait(for: domains, of: app, on: platform, invocation.terminal)
    }

    private static func wait(
        for domains: [DomainResource], of app: AppResource, on platform: PlatformClient, _ terminal: Terminal
    ) async throws {
        for domain in domains {
            try await terminal.action("Waiting for \(terminal.errors.styled(domain.hostname, .green))") { _ in
                var now = domain
                while now.status == "pending" {
                    try await Task.sleep(for: .seconds(1))
                    now = try await platform.domain(domain.id, of: app.id)
                }
            }
        }
    }
}

extension Flag {
    fileprivate static let cert = Flag(
        "cert", short: "c", placeholder: "cert", help: "the name of the SSL cert you want to use for this domain")
    fileprivate static let wait = Flag("wait", help: "wait until the domain is active")
}
