import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let login = Command(
        "login", aliases: ["auth:login"], abstract: "login with your local account",
        discussion: "There is one account on this machine, and it needs no password: this command is here so that what "
            + "tutorials type works.",
        flags: [
            Flag("interactive", short: "i", help: "login with username/password"),
            Flag("browser", placeholder: "browser", help: "accepted, without effect", isHidden: true),
            Flag("expires-in", short: "e", placeholder: "seconds", help: "accepted, without effect", isHidden: true),
        ], examples: ["paas login", "paas login -i"]
    ) { invocation in
        let terminal = invocation.terminal
        var email: String?
        if invocation.has(Flag("interactive", help: "")) {
            terminal.note("paas: Enter your login credentials")
            email = terminal.ask("Email: ").flatMap { $0.isEmpty ? nil : $0 }
            _ = terminal.ask("Password: ", isSecret: true)
        }
        let platform = try await invocation.platform()
        let address = email
        let account = try await terminal.action("Logging in") { _ in try await platform.logIn(as: address) }
        terminal.note("Logged in as \(terminal.errors.styled(account.email, .green))")
    }

    static let logout = Command(
        "logout", aliases: ["auth:logout"], abstract: "clears local login credentials", examples: ["paas logout"]
    ) { invocation in
        let platform = try await invocation.platform()
        try await invocation.terminal.action("Logging out") { _ in try await platform.logOut() }
    }

    static let whoami = Command(
        "whoami", aliases: ["auth:whoami"], abstract: "display the current logged in user", examples: ["paas whoami"]
    ) { invocation in
        do {
            let account = try await invocation.platform().account()
            invocation.terminal.print(account.email)
        } catch let failure as APIFailure where failure.status == 401 {
            invocation.terminal.note("not logged in")
            throw Failure.silent(exitCode: 100)
        }
    }

    static let token = Command(
        "auth:token", abstract: "outputs current CLI authentication token.",
        discussion: "Clients of the API at api.localhost send it as Authorization: Bearer TOKEN.",
        examples: ["paas auth:token"]
    ) { invocation in
        let token = try await invocation.platform().token()
        invocation.terminal.print(token.token)
    }
}
