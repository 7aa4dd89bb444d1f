/// A command to run beside a dyno's own, in the same sandbox: `ps:exec`.
package struct DynoExecution: Sendable, Equatable {
    /// A shell line, as a dyno's own command is one.
    package let command: String
    /// Added to what the dyno's own command has: the client's terminal, no config vars.
    package let environment: [String: String]
    /// A terminal or pipes; the log has no part in it.
    package let streams: DynoSpec.Streams

    package init(command: String, environment: [String: String], streams: DynoSpec.Streams) {
        self.command = command
        self.environment = environment
        self.streams = streams
    }
}
