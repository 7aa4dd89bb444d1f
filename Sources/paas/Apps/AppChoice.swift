import Console
import Posix

/// Which app a command is about, as far as this machine's files tell. Source: heroku-cli.md §1.2.
struct AppChoice {
    private let app: String?
    private let remote: String?

    init(_ invocation: Invocation) {
        app = invocation[.app]
        remote = invocation[.remote]
    }

    /// A name or id of an app.
    ///
    /// - Parameter names: app names by id, for the message when there are several remotes.
    func key(home: PlatformHome, names: @autoclosure () async throws -> [String: String]) async throws -> String {
        if let app {
            guard !app.isEmpty else { throw Failure.usage("The following error occurred:\n  Flag --app is empty") }
            return app
        }
        if remote == nil, let app = Environment.nonEmpty("PAAS_APP") { return app }
        let all = try GitRepository.remotes().compactMap { remote in
            home.appID(ofRepository: remote.url).map { (name: remote.name, id: $0) }
        }
        let candidates = all.filter { remote == nil || $0.name == remote }
        if let remote, candidates.isEmpty { throw Failure("remote \(remote) not found in git remotes", exitCode: 2) }
        guard let first = candidates.first else {
            // Perhaps there are remotes, in a repository that git does not let anybody read.
            _ = try GitRepository.exists()
            throw Failure.usage("The following error occurred:\n  Missing required flag app")
        }
        guard candidates.contains(where: { $0.id != first.id }) else { return first.id }
        let names = try await names()
        throw severalRemotes(candidates.map { "\(names[$0.id] ?? $0.id) (\($0.name))" })
    }

    private func severalRemotes(_ lines: [String]) -> Failure {
        Failure(
            """
            Multiple apps in git remotes
              Usage: --remote \(lines.last?.split(separator: "(").last?.dropLast() ?? "X")
                 or: --app \(lines.last?.split(separator: " ").first ?? "Y")
              Your local git repository has more than 1 app referenced in git remotes.
              Because of this, we can't determine which app you want to run this command against.
              Specify the app you want with --app or --remote.
              Paas remotes in repo:
              \(lines.joined(separator: "\n  "))
            """, exitCode: 1)
    }
}
