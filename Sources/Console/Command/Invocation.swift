/// A command with what was typed behind it.
package struct Invocation: Sendable {
    package let command: Command
    package let operands: [String]
    /// What stood behind `--`; part of ``operands`` too.
    package let trailing: [String]
    private let values: [String: [String]]
    private let switches: Set<String>

    init(
        command: Command, operands: [String], trailing: [String], values: [String: [String]], switches: Set<String>
    ) {
        self.command = command
        self.operands = operands
        self.trailing = trailing
        self.values = values
        self.switches = switches
    }

    /// The last value given for a flag.
    package subscript(flag: Flag) -> String? { values[flag.name]?.last }

    /// All values given for a flag.
    package func all(_ flag: Flag) -> [String] { values[flag.name] ?? [] }

    /// Whether a flag without a value was given.
    package func has(_ flag: Flag) -> Bool { switches.contains(flag.name) }
}
