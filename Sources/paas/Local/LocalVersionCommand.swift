import Console

extension Command {
    static let localVersion = Command(
        "local:version", abstract: "display the version of node-foreman whose rules local follows"
    ) { invocation in
        invocation.terminal.print("3.0.1")
    }
}
