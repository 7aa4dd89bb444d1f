internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The last steps of a dyno's command before its `exec`, in its own process.
struct Payload {
    let plan: LaunchPlan
    let folder: RunFolder
    let input: Int32
    let output: Int32
    let isTerminal: Bool
    /// What profile scripts say is for the log of the dyno that starts, not for a command beside its own.
    var isQuiet = false

    /// Never returns. What fails goes into `report`, which the `exec` closes.
    func run(report: Int32) -> Never {
        do {
            try arrange(report)
            try takeRights()
            try start()
        } catch {
            var writer = ByteWriter()
            error.write(to: &writer)
            _ = writer.bytes.withUnsafeBytes { write(Self.reportNumber, $0.baseAddress, $0.count) }
        }
        cpx_exit(127)
    }

    private static let reportNumber: Int32 = 3

    private func arrange(_ report: Int32) throws(LaunchFailure) {
        try step(setsid(), "setsid")
        // Out of the way of the numbers to be given, then into place.
        let safe = [input, output, report].map { fcntl($0, F_DUPFD, 64) }
        for number in safe { try step(number, "dup") }
        for (number, target) in [(safe[0], 0), (safe[1], 1), (safe[1], 2), (safe[2], Self.reportNumber)] {
            try step(dup2(number, Int32(target)), "dup2")
        }
        try step(fcntl(Self.reportNumber, F_SETFD, FD_CLOEXEC), "fcntl")
        try step(cpx_close_range(UInt32(Self.reportNumber) + 1, UInt32.max), "close_range")
        if isTerminal { try step(cpx_take_terminal(0), "take the terminal") }
    }

    private func takeRights() throws(LaunchFailure) {
        try step(cpx_no_new_privileges(), "no_new_privs")
        // While still privileged: afterwards the bounding set would silently stay as it is.
        try step(cpx_drop_bounding_set(), "drop the bounding set")
        try step(cpx_limit_core(0), "limit core files")
        if let limit = plan.userProcessLimit { try step(cpx_limit_processes(limit), "limit processes") }
        if geteuid() == 0, plan.userID != 0 {
            try step(cpx_take_ids(plan.userID, plan.groupID, 1), "take the app's user id")
        }
        try step(cpx_drop_all_capabilities(), "drop capabilities")
        if !plan.level.hasProcessNamespace { try step(cpx_die_with_parent(SIGKILL), "prctl") }
        umask(0o022)
    }

    private func start() throws(LaunchFailure) {
        let home = Preparation(plan: plan, folder: folder).home
        try step(chdir(home), "chdir \(home)")
        let environment = plan.completeEnvironment(home: home)
        let path = environment["PATH"] ?? ""
        guard let bash = Subprocess.find("bash", path: "/bin:/usr/bin:/usr/local/bin:\(path)") else {
            throw LaunchFailure(step: "find bash", code: ENOENT)
        }
        try step(cpx_default_signals(), "reset signals")
        var arguments = Self.pointers(["bash", "-c"] + script(home))
        var variables = Self.pointers(environment.map { "\($0.key)=\($0.value)" })
        try step(cpx_become(bash, &arguments, &variables), "exec bash")
    }

    /// The line for bash and, where the app has profile scripts, the command as its argument.
    private func script(_ home: String) -> [String] {
        if case .build = plan.content { return [plan.command] }
        guard FileTree.exists("\(home)/.profile.d") || FileTree.exists("\(home)/.profile") else {
            return [plan.command]
        }
        // Elsewhere the size stands where Heroku has it, in /sys/fs/cgroup. For the scripts only: it is not exported.
        let size = plan.level == .l3 && plan.quota.memoryBytes > 0 ? plan.quota.memoryBytes >> 20 : nil
        return [
            """
            \(size.map { "DYNO_MEMORY_MB=\($0)" } ?? ":")
            for profile in "$HOME"/.profile.d/*.sh "$HOME"/.profile; do
            if [ -f "$profile" ]; then . "$profile"\(isQuiet ? " >/dev/null 2>&1" : ""); fi; done
            unset profile\(size == nil ? "" : " DYNO_MEMORY_MB"); exec bash -c "$1"
            """, "bash", plan.command,
        ]
    }

    /// Lives until the exec or the exit that follows.
    private static func pointers(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        strings.map { strdup($0) } + [nil]
    }
}
