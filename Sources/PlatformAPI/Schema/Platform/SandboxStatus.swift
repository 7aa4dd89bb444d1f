/// How far dynos are kept apart, and what would raise it.
package struct SandboxStatus: Codable, Sendable, Equatable {
    /// `L0`, `L1`, `L1b`, `L2` or `L3`.
    package var level: String
    /// What a better level lacks, a sentence each.
    package var missing: [String]
    /// Commands that would bring it, best first.
    package var mend: [String]
    /// How memory, processes and disk are limited, a line each; `nil` from a daemon that does not tell.
    package var limits: [String]?

    package init(
        level: String, missing: [String] = [], mend: [String] = [], limits: [String]? = nil
    ) {
        self.level = level
        self.missing = missing
        self.mend = mend
        self.limits = limits
    }
}
