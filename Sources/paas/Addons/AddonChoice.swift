import APIClient
import APISchema
import Console
import Posix

extension Invocation {
    /// The one add-on that a word means: anybody's by its name, else the app's by what it is attached as.
    func addon(_ text: String) async throws -> (platform: PlatformClient, addon: AddonResource) {
        let platform = try await platform()
        // Without an app a name still says enough.
        let app = try? await app(on: platform)
        let found = try await platform.resolveAddons(text, app: app?.name)
        guard found.count == 1, let addon = found.first else {
            throw Failure(
                "Ambiguous identifier; multiple matching add-ons found: \(found.map(\.name).joined(separator: ", ")).",
                mend: found.map { "paas addons:info \($0.name)" })
        }
        return (platform, addon)
    }
}
