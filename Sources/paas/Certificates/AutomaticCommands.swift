import APIClient
import APISchema
import Console

extension Command {
    static let certsAuto = Command(
        "certs:auto", abstract: "show ACM status for an app",
        discussion:
            "Each domain has a certificate from the start, signed by the authority of this machine, unless it is turned "
            + "off for the app. The authority signs only for names that nobody can own (localhost, test, example, "
            + "invalid, local, internal, home.arpa): for a name of the world bring a certificate with certs:add.",
        flags: [.app, .remote, .wait], examples: ["paas certs:auto", "paas certs:auto --wait"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let name = terminal.appName(app.name, on: terminal.output)
        guard app.acm else {
            terminal.header("Automatic Certificate Management is disabled on \(name)")
            return terminal.print("To have the authority of this machine sign for its domains: paas certs:auto:enable")
        }
        if invocation.has(.wait) { try await wait(for: app, on: platform, terminal) }
        terminal.header("Automatic Certificate Management is enabled on \(name)")
        var table = Table(["Domain", "Status", "Certificate"])
        for domain in try await platform.domains(of: app.id) {
            if let endpoint = domain.sniEndpoint {
                table.add([domain.hostname, "OK", endpoint.name])
            } else if domain.kind == "heroku" || domain.acmStatus == "cert issued" {
                table.add([domain.hostname, "OK", "the authority of this machine"])
            } else {
                table.add([domain.hostname, "Failed", "none: paas certs:add CRT KEY"])
            }
        }
        terminal.table(table)
        terminal.print()
        terminal.print("Clients take what the authority of this machine signs once they know it: paas certs:trust")
    }

    static let certsAutoEnable = Command(
        "certs:auto:enable", abstract: "enable ACM status for an app", flags: [.app, .remote, .wait],
        examples: ["paas certs:auto:enable"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        try await terminal.action("Enabling Automatic Certificate Management") { status in
            try await platform.setAutomaticCertificates(true, of: app.id)
            status.finish(
                invocation.has(.wait)
                    ? "starting."
                    : "starting. See status with paas certs:auto or wait until active with paas certs:auto --wait")
        }
        if invocation.has(.wait) { try await wait(for: app, on: platform, terminal) }
        terminal.header("Your certificates are made by this machine. Check the status by running paas certs:auto.")
    }

    static let certsAutoDisable = Command(
        "certs:auto:disable", abstract: "disable ACM for an app",
        discussion:
            "Its domains go on with certificates that were brought with certs:add; clients of the others are shown the "
            + "certificate of localhost, and refuse it. NAME.localhost keeps its certificate.",
        flags: [.app, .remote, .confirm], examples: ["paas certs:auto:disable --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        try terminal.confirmDestruction(
            of: app.name, confirmation: invocation[.confirm],
            warning: "This command will disable Automatic Certificate Management from \(app.name).")
        try await terminal.action("Disabling Automatic Certificate Management") { _ in
            try await platform.setAutomaticCertificates(false, of: app.id)
        }
    }

    static let certsAutoRefresh = Command(
        "certs:auto:refresh", abstract: "refresh ACM for an app",
        discussion: "Certificates of this machine's authority are made anew when a client next asks for them.",
        flags: [.app, .remote], examples: ["paas certs:auto:refresh"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        try await terminal.action("Refreshing Automatic Certificate Management") { _ in
            try await platform.refreshCertificates(of: app.id)
        }
    }

    static let certsAutoWait = Command(
        "certs:auto:wait", abstract: "wait until every domain of an app has its certificate",
        flags: [.app, .remote], examples: ["paas certs:auto:wait"]
    ) { invocation in
        let (platform, app) = try await invocation.target()
        guard app.acm else {
            throw Failure(
                "Automatic Certificate Management is disabled on \(app.name)",
                mend: ["paas certs:auto:enable -a \(app.name)"])
        }
        try await wait(for: app, on: platform, invocation.terminal)
    }

    /// - Throws: ``Failure`` when a domain gets none.
    private static func wait(for app: AppResource, on platform: PlatformClient, _ terminal: Terminal) async throws {
        try await terminal.action("Waiting until the certificate is issued to all domains") { _ in
            while true {
                let custom = try await platform.domains(of: app.id).filter { $0.kind == "custom" }
                if let failed = custom.first(where: { $0.acmStatus == "failed" }) {
                    throw Failure(
                        "The certificate could not be issued to all domains: \(failed.hostname) has none.",
                        mend: ["paas certs:auto -a \(app.name)", "paas certs:add CRT KEY -a \(app.name)"])
                }
                if custom.allSatisfy({ $0.acmStatus == "cert issued" }) { return }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension Flag {
    fileprivate static let wait = Flag("wait", help: "wait until every domain has its certificate")
}
