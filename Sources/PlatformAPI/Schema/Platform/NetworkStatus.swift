/// Who reaches dynos from outside of this machine.
package struct NetworkStatus: Codable, Sendable, Equatable {
    /// Whether a dyno that listens on all addresses can be reached from elsewhere.
    package var exposed: Bool
    /// What holds, in one clause.
    package var fact: String
    /// Commands that would keep dynos to this machine, best first.
    package var mend: [String]

    package init(exposed: Bool, fact: String, mend: [String] = []) {
        self.exposed = exposed
        self.fact = fact
        self.mend = mend
    }
}
