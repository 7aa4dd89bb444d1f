/// An option of a command: `--app NAME`, `-a NAME`, `--json`.
package struct Flag: Sendable, Hashable {
    /// Without the dashes.
    package let name: String
    package let short: Character?
    /// What the value is called in help texts; `nil` when the flag has no value.
    package let placeholder: String?
    package let help: String
    /// Further long names that mean the same.
    package let aliases: [String]
    package let isHidden: Bool

    package init(
        _ name: String, short: Character? = nil, placeholder: String? = nil, help: String, aliases: [String] = [],
        isHidden: Bool = false
    ) {
        self.name = name
        self.short = short
        self.placeholder = placeholder
        self.help = help
        self.aliases = aliases
        self.isHidden = isHidden
    }

    package static let help = Flag("help", short: "h", help: "Show CLI help.")
}
