import Console
import Posix

/// From words to an exit code.
enum Program {
    static func run(_ arguments: [String]) async -> Int32 {
        let terminal = Terminal.standard
        do {
            try await start(arguments, terminal)
            return 0
        } catch {
            return ErrorReport.show(error, on: terminal)
        }
    }

    private static func start(_ arguments: [String], _ terminal: Terminal) async throws {
        let index = CommandTable.index
        guard let first = arguments.first, !["help", "--help", "-h"].contains(first) else {
            let topic = arguments.dropFirst().filter { !$0.hasPrefix("-") }
            return try HelpCommand.show(topic, index, terminal)
        }
        guard let (command, rest) = index.resolve(arguments) else {
            return try await UnknownCommand.handle(arguments, index, terminal)
        }
        // Anything behind `--` belongs to somebody else, for example to the program that `run` starts.
        if rest.prefix(while: { $0 != "--" }).contains("--help") {
            return terminal.output.write(HelpText.text(for: command))
        }
        let invocation = try CommandLineParser.parse(rest, for: command)
        if invocation.has(.help) { return terminal.output.write(HelpText.text(for: command)) }
        try await command.body(invocation)
    }
}
