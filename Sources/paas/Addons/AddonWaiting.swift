import APIClient
import APISchema
import Console

/// Waits for add-ons that their providers make in the background.
enum AddonWaiting {
    static func wait(for addon: AddonResource, on platform: PlatformClient, _ terminal: Terminal) async throws {
        let name = terminal.errors.styled(addon.name, .yellow)
        let made = try await terminal.action("Waiting for \(name)") { _ in
            while true {
                let now = try await platform.allAddons().first { $0.id == addon.id }
                guard let now, now.state != "deprovisioning" else {
                    throw Failure(
                        "The add-on was unable to be created.", mend: ["paas logs -a \(addon.app.name)", "paas addons"])
                }
                if now.state != addon.state { return now }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        terminal.print("Created \(made.name) as \(made.configVars.joined(separator: ", "))")
    }
}
