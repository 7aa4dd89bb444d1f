package import Model
internal import Posix

/// How far this machine can keep dynos apart, found out by starting one.
package struct SandboxReport: Sendable, Equatable {
    package let level: SandboxLevel
    /// Why no better level, a sentence each.
    package let missing: [String]
    /// Commands that would bring a better one.
    package let mend: [String]
    /// How dynos are kept within their limits here, a line each.
    package var limits: [String] = []

    package init(level: SandboxLevel, missing: [String], mend: [String]) {
        self.level = level
        self.missing = missing
        self.mend = mend
    }

    /// - Parameters:
    ///   - failures: the better levels that were tried, and why each failed.
    ///   - shimProgram: whom an AppArmor profile has to name.
    init(level: SandboxLevel, failures: [(level: SandboxLevel, reason: String)], shimProgram: String) {
        self.level = level
        missing = failures.map { "\($0.level.rawValue) (\(Self.words($0.level))) is not possible: \($0.reason)." }
        mend = failures.isEmpty ? [] : Self.mend(shimProgram)
    }

    private static func words(_ level: SandboxLevel) -> String {
        switch level {
        case .l0: "namespaces, overlay, a user for each app"
        case .l1: "user namespaces and overlay"
        case .l1b: "user namespaces without a process namespace"
        case .l2: "user namespaces with a copy of the app"
        case .l3: "no namespaces"
        }
    }

    private static func mend(_ shimProgram: String) -> [String] {
        var mend: [String] = []
        func setting(_ name: String) -> Int? {
            (try? FileTree.readText("/proc/sys/\(name)", limit: 64)).flatMap { Int($0.filter(\.isNumber)) }
        }
        if setting("kernel/apparmor_restrict_unprivileged_userns") == 1 {
            mend += [
                "echo 'abi <abi/4.0>, include <tunables/global> profile paas-shim \(shimProgram) flags=(unconfined)"
                    + " { userns, }' | sudo tee /etc/apparmor.d/paas-shim",
                "sudo apparmor_parser -r /etc/apparmor.d/paas-shim",
            ]
        }
        if setting("kernel/unprivileged_userns_clone") == 0 {
            mend.append("sudo sysctl kernel.unprivileged_userns_clone=1")
        }
        if setting("user/max_user_namespaces") == 0 { mend.append("sudo sysctl user.max_user_namespaces=15000") }
        if FileTree.exists("/.dockerenv") {
            mend.append("docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined …")
        }
        return mend
    }
}
