import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let gitClone = Command(
        "git:clone", abstract: "clones a paas app to your local machine at DIRECTORY (defaults to app name)",
        flags: [.app, .newRemote], operands: [.optional("DIRECTORY", "where to clone the app")],
        examples: ["paas git:clone -a example"]
    ) { invocation in
        guard let name = invocation[.app] ?? Environment.nonEmpty("PAAS_APP") else {
            throw Failure.usage("The following error occurred:\n  Missing required flag app")
        }
        let app = try await invocation.platform().app(name)
        guard let git = Subprocess.find("git", path: Environment["PATH"] ?? "") else { throw GitRepository.missing }
        let end = try Subprocess.runInForeground(
            git,
            arguments: [
                "clone", "-o", invocation[.newRemote] ?? "paas", app.gitURL, invocation.operands.first ?? app.name,
            ],
            environment: Environment.all)
        switch end {
        case .code(0): return
        case .code(let code): throw Failure.silent(exitCode: code)
        case .signal(let signal): throw Failure.silent(exitCode: 128 + signal)
        }
    }
}
