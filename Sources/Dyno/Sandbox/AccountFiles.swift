internal import CPosix
internal import Model
internal import Posix

/// The few files of /etc that a dyno has of its own: who it is, how names are found, and what its shells begin with.
struct AccountFiles {
    let plan: LaunchPlan
    let folder: RunFolder
    private var root: DynoRoot { DynoRoot(plan: plan, folder: folder) }

    init(plan: LaunchPlan, folder: RunFolder) {
        self.plan = plan
        self.folder = folder
    }

    /// Lays the files over those of the machine, whose /etc is mounted already.
    func mount() throws(LaunchFailure) {
        try cover("passwd", with: passwd)
        try cover("group", with: group)
        try cover("bash.bashrc", with: shellStart)
        if FileTree.exists(plan.hostsFile), FileTree.exists("/etc/hosts") {
            // The file itself, so that a name that comes later is known in dynos that run already.
            try root.bind(plan.hostsFile, at: "/etc/hosts", flags: CPX_MOUNT_READ_ONLY)
        } else {
            try cover("hosts", with: hosts)
        }
        try keepResolver()
    }

    private var passwd: String {
        """
        root:x:0:0:root:/:/usr/sbin/nologin
        u\(plan.userID):x:\(plan.userID):\(plan.groupID):dyno:/app:/bin/bash
        nobody:x:65534:65534:nobody:/:/usr/sbin/nologin

        """
    }

    /// Heroku's prompt, `~ $ ` with the folder in blue and the sign in green, or the config var's. It cannot be left to
    /// the environment: the bash that starts the command removes it there, and the machine's file puts in its own.
    private var shellStart: String {
        let prompt = plan.environment["PS1"] ?? #"\[\033[01;34m\]\w\[\033[00m\] \[\033[01;32m\]$ \[\033[00m\]"#
        return "PS1='\(prompt.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'\n"
    }

    private var group: String { "root:x:0:\ndyno:x:\(plan.groupID):\nnogroup:x:65534:\n" }

    private var hosts: String {
        let own = (try? FileTree.readText("/etc/hosts", limit: 1 << 20)) ?? "127.0.0.1 localhost\n::1 localhost\n"
        return own + (own.hasSuffix("\n") ? "" : "\n") + "127.0.0.1 localhost \(plan.hostname)\n"
    }

    private func cover(_ name: String, with text: String) throws(LaunchFailure) {
        guard FileTree.exists("/etc/\(name)"), DynoRoot.linkTarget("/etc/\(name)") == nil else { return }
        try root.makeFile("/.\(name)", text)
        try root.bind(root.inside("/.\(name)"), at: "/etc/\(name)", flags: CPX_MOUNT_READ_ONLY)
    }

    /// On many machines `/etc/resolv.conf` is a link into /run, which a dyno does not see: its target is made anew.
    private func keepResolver() throws(LaunchFailure) {
        guard let link = DynoRoot.linkTarget("/etc/resolv.conf"),
            let text = try? FileTree.readText("/etc/resolv.conf", limit: 65_536)
        else {
            guard plan.network.isOwn, let own = try? FileTree.readText("/etc/resolv.conf", limit: 65_536) else {
                return
            }
            return try cover("resolv.conf", with: WayOut.Resolver.adapted(own, to: plan))
        }
        var parts: [Substring] = []
        for part in (link.hasPrefix("/") ? link : "/etc/\(link)").split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        guard let first = parts.first, let name = parts.last, !DynoRoot.system.contains(String(first)) else { return }
        let target = "/" + parts.dropLast().joined(separator: "/")
        try root.makeFolder(target)
        try root.makeFile("\(target)/\(name)", WayOut.Resolver.adapted(text, to: plan))
    }
}
