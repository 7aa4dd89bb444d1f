import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let addonsProvider = Command(
        "addons:provider", abstract: "list the add-on services that were registered from manifests",
        examples: ["paas addons:provider"]
    ) { invocation in
        let terminal = invocation.terminal
        let partners = try await invocation.platform().partners()
        guard !partners.isEmpty else {
            terminal.print("No providers.")
            return terminal.print("Register one with paas addons:provider:add MANIFEST.json")
        }
        var table = Table(["Slug", "Name", "Base URL", "Config Vars", "Add-ons"])
        for partner in partners {
            table.add([
                partner.id, ControlBytes.shown(partner.name, keepingColours: false), partner.baseURL,
                partner.configVars.joined(separator: ", "),
                "\(partner.addons)",
            ])
        }
        terminal.table(table)
    }

    static let addonsProviderAdd = Command(
        "addons:provider:add", abstract: "register an add-on service from its manifest",
        discussion:
            "The manifest is the one that Heroku's add-ons-admin plugin makes. Add-ons of the service are created, "
            + "changed and destroyed by the calls that Heroku makes. Its api.test URLs are called where it has them. A "
            + "service that is registered already gets the new manifest.",
        flags: [.production],
        operands: [.required("MANIFEST", "path of the manifest")],
        examples: ["paas addons:provider:add addon-manifest.json", "paas addons:create myaddon:test"]
    ) { invocation in
        let terminal = invocation.terminal
        let path = invocation.operands[0]
        let text: String
        do { text = try FileTree.readText(path) } catch {
            throw Failure("Couldn't read \(path): \(error)", mend: ["paas addons:provider:add MANIFEST.json"])
        }
        let platform = try await invocation.platform()
        let partner = try await terminal.action("Registering \(path)") { _ in
            try await platform.addPartner(PartnerCreate(manifest: text, production: invocation.has(.production)))
        }
        terminal.print("\(partner.id) is called at \(partner.baseURL)")
        terminal.print("Use paas addons:create \(partner.id) to create an add-on of it")
    }

    static let addonsProviderRemove = Command(
        "addons:provider:remove", abstract: "forget an add-on service that was registered from a manifest",
        operands: [.required("SERVICE", "the manifest's id")], examples: ["paas addons:provider:remove myaddon"]
    ) { invocation in
        let platform = try await invocation.platform()
        let id = invocation.operands[0]
        try await invocation.terminal.action("Removing \(id)") { _ in try await platform.removePartner(id) }
    }
}

extension Flag {
    fileprivate static let production = Flag("production", help: "call its api.production URLs, not its api.test ones")
}
