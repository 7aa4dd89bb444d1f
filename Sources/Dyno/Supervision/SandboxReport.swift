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
    ///   - setting: a number below /proc/sys.
    init(
        level: SandboxLevel, failures: [(level: SandboxLevel, reason: String)], shimProgram: String,
        setting: (String) -> Int? = Self.setting
    ) {
        self.level = level
        missing = failures.map { failure in
            let reason = failure.reason.hasSuffix(".") ? String(failure.reason.dropLast()) : failure.reason
            return "\(failure.level.rawValue) (\(Self.words(failure.level))) is not possible: \(reason)."
        }
        mend = failures.isEmpty ? [] : Self.mend(shimProgram, setting)
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

    private static func setting(_ name: String) -> Int? {
        (try? FileTree.readText("/proc/sys/\(name)", limit: 64)).flatMap { Int($0.filter(\.isNumber)) }
    }

    private static func mend(_ shimProgram: String, _ setting: (String) -> Int?) -> [String] {
        var mend: [String] = []
        if setting("kernel/apparmor_restrict_unprivileged_userns") == 1 { mend.append(profileCommand(shimProgram)) }
        if setting("kernel/unprivileged_userns_clone") == 0 {
            mend.append("sudo sysctl kernel.unprivileged_userns_clone=1")
        }
        if setting("user/max_user_namespaces") == 0 { mend.append("sudo sysctl user.max_user_namespaces=15000") }
        if FileTree.exists("/.dockerenv") {
            mend.append("docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined …")
        }
        // The level is found out when the daemon starts.
        return mend.isEmpty ? [] : mend + ["paas down && paas up"]
    }

    /// Installs the profile that lets the shim make user namespaces; the same as `scripts/apparmor.sh` installs, under
    /// the same name, so that `make uninstall` takes it away.
    private static func profileCommand(_ program: String) -> String {
        let name = String(program.drop { $0 == "/" }.map(profileCharacter))
        let lines = [
            "abi <abi/4.0>,", "include <tunables/global>",
            "profile \(name) \"\(program)\" flags=(unconfined) { userns, }",
        ]
        let file = "/etc/apparmor.d/\(name)"
        return "printf '%s\\n' \(lines.map { "'\($0)'" }.joined(separator: " "))"
            + " | sudo sh -c 'cat >\(file) && apparmor_parser --replace \(file)'"
    }

    private static func profileCharacter(_ character: Character) -> Character {
        switch character {
        case "/": "."
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": character
        default: "_"
        }
    }
}
