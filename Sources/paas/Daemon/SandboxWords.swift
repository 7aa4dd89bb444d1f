import APISchema
import Posix

/// What a weaker sandbox than the best means for who runs apps in it.
enum SandboxWords {
    /// What it does not keep apart, and why there is no better one; nothing at the best levels.
    static func limits(of sandbox: SandboxStatus) -> [String] {
        let meaning: String? =
            switch sandbox.level {
            case "L1b": "apps see the machine's other processes"
            case "L2": "each dyno gets a copy of its app, which takes time and room"
            // A daemon of root gives each app a user of its own even there.
            case "L3" where Environment.userID == 0: "apps see the machine's files and processes as any user does"
            case "L3": "apps can read this user's files, each other's included, and see all processes"
            default: nil
            }
        return (meaning.map { [$0] } ?? []) + sandbox.missing
    }

    /// For who starts the platform: `nil` where there is nothing to say.
    static func warning(about sandbox: SandboxStatus) -> String? {
        let limits = limits(of: sandbox)
        guard !limits.isEmpty else { return nil }
        let mend = sandbox.mend.map { "\n  \($0)" }.joined()
        return "Dynos are kept in a weaker sandbox (level \(sandbox.level)): \(limits.joined(separator: "; "))"
            + (mend.isEmpty ? "" : "\n\nWhat helps:\(mend)")
    }
}
