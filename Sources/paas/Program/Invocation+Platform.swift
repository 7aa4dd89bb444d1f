import APIClient
import APISchema
import Console
import Posix

extension Invocation {
    var terminal: Terminal { .standard }

    /// The running platform; started when it was not.
    func platform() async throws -> PlatformClient { try await DaemonStarter(home: .current()).client() }

    /// The app that is meant: `--app`, `PAAS_APP`, or the Git remote. Source: heroku-cli.md §1.2.
    func app(on platform: PlatformClient) async throws -> AppResource {
        let key = try await AppChoice(self).key(home: .current(), names: try await Self.names(on: platform))
        return try await platform.app(key)
    }

    /// Both at once: what nearly every command needs.
    func target() async throws -> (platform: PlatformClient, app: AppResource) {
        let platform = try await platform()
        return (platform, try await app(on: platform))
    }

    /// Names for ids, for the message about several remotes. Asked only then.
    private static func names(on platform: PlatformClient) async throws -> [String: String] {
        Dictionary(try await platform.apps().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }
}
