/// One thing that a person can ask for. Parser, help, completion and manual all read it.
package struct Command: Sendable {
    package typealias Body = @Sendable (Invocation) async throws -> Void

    /// `ps:scale`.
    package let name: String
    /// Other names of the same: `scale`, `dyno:scale`.
    package let aliases: [String]
    /// One line, without a full stop.
    package let abstract: String
    /// Further paragraphs for the help text.
    package let discussion: String
    package let flags: [Flag]
    package let operands: [Operand]
    package let examples: [String]
    /// Words that look like flags but are not declared become operands; so does everything after `--`.
    package let passesUnknownFlags: Bool
    package let isHidden: Bool
    package let body: Body

    package init(
        _ name: String, aliases: [String] = [], abstract: String, discussion: String = "", flags: [Flag] = [],
        operands: [Operand] = [], examples: [String] = [], passesUnknownFlags: Bool = false, isHidden: Bool = false,
        body: @escaping Body
    ) {
        self.name = name
        self.aliases = aliases
        self.abstract = abstract
        self.discussion = discussion
        self.flags = flags
        self.operands = operands
        self.examples = examples
        self.passesUnknownFlags = passesUnknownFlags
        self.isHidden = isHidden
        self.body = body
    }

    /// The part before the first colon.
    package var topic: String { name.split(separator: ":").first.map(String.init) ?? name }
}
