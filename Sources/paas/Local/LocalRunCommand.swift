import Console
import Posix

extension Command {
    static let localRun = Command(
        "local:run", abstract: "run a one-off command on this machine",
        discussion: "The command gets the variables of .env, this terminal, and its exit code is that of paas.\n\n"
            + "Put -- before a command whose own flags are also flags of local:run.",
        flags: [.envFile, .localPort, .withConfig, .app, .configRemote],
        operands: [.any("COMMAND", "command to run")], examples: ["paas local:run bin/migrate"],
        passesUnknownFlags: true
    ) { invocation in
        guard !invocation.operands.isEmpty else {
            throw Failure("Usage: paas local:run [COMMAND]\nMust specify command to run", exitCode: 255)
        }
        let port = try invocation[.localPort].map(LocalPorts.parse)
        if invocation.operands.count == 1 {
            return try await OneOff.become(invocation.operands[0], invocation, port: port)
        }
        // The words as they were typed, which a shell line made of them would take apart again.
        try await OneOff.become("\"$@\"", words: invocation.operands, invocation, port: port)
    }
}

/// A command that takes the place of this program: it has its terminal, its signals, and its exit code.
enum OneOff {
    /// - Parameters:
    ///   - line: for `/bin/sh -c`.
    ///   - words: its `$1`, `$2`, ….
    static func become(_ line: String, words: [String] = [], _ invocation: Invocation, port: Int? = nil) async throws {
        var variables = try await LocalVariables.load(invocation, notes: .errors)
        if let port { variables["PORT"] = String(port) }
        let environment = Environment.all.merging(variables) { $1 }
        // On success there is nobody left to return to.
        let error = Subprocess.become(
            "/bin/sh", arguments: ["-c", line] + (words.isEmpty ? [] : ["sh"] + words), environment: environment)
        throw Failure("/bin/sh could not be started: \(error.reason)")
    }
}
