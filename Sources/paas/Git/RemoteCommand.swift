import APIClient
import APISchema
import Console

extension Command {
    static let gitRemote = Command(
        "git:remote", abstract: "adds a git remote to an app repo", flags: [.app, .newRemote],
        operands: [.optional("APP", "name of the app")],
        examples: ["paas git:remote -a example", "paas git:remote --remote paas-staging -a example-staging"]
    ) { invocation in
        let terminal = invocation.terminal
        guard try GitRepository.exists() else {
            throw Failure("This folder is no Git repository.", mend: ["git init"])
        }
        let platform = try await invocation.platform()
        // The remote that is asked for is the one to make, so it says nothing about the app.
        guard let key = invocation[.app] ?? invocation.operands.first else {
            throw Failure("Specify an app with --app", exitCode: 2)
        }
        let app = try await platform.app(key)
        let remote = GitRepository.Remote(name: invocation[.newRemote] ?? "paas", url: app.gitURL)
        if try GitRepository.remotes().contains(where: { $0.name == remote.name }) {
            try GitRepository.setURL(of: remote)
        } else {
            try GitRepository.add(remote)
        }
        try GitRepository.warnIfUnpushable(terminal)
        terminal.print(
            "set git remote \(terminal.output.styled(remote.name, .cyan)) to \(terminal.output.styled(remote.url, .cyan))"
        )
    }
}
