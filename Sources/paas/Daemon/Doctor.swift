import APIClient
import APISchema
import Console
import Posix

/// The checks of `paas doctor`; each really does what it asks about.
enum Doctor {
    static let checks: [@Sendable () async -> Finding] = [
        { git() },
        { python() },
        { node() },
        { swift() },
        { await daemon() },
        { await port() },
        { await router() },
        { await sandbox() },
        { await limits() },
        { await network() },
        { await resolution() },
    ]

    private static func git() -> Finding {
        guard let version = MachineProgram.firstLine("git", ["--version"]) else {
            return Finding(
                verdict: .fails, subject: "git", fact: "not installed; pushes go through it",
                mend: ["sudo apt-get install git"])
        }
        return Finding(verdict: .good, subject: "git", fact: version)
    }

    private static func python() -> Finding {
        guard let version = MachineProgram.firstLine("python3", ["--version"]) else {
            return Finding(
                verdict: .fails, subject: "Python", fact: "not installed; Python apps cannot be built",
                mend: ["sudo apt-get install python3 python3-venv"])
        }
        guard MachineProgram.firstLine("python3", ["-c", "import venv, ensurepip; print(1)"]) != nil else {
            return Finding(
                verdict: .fails, subject: "Python", fact: "\(version), but without venv; Python apps cannot be built",
                mend: ["sudo apt-get install python3-venv"])
        }
        return Finding(verdict: .good, subject: "Python", fact: version)
    }

    private static func node() -> Finding {
        guard let version = MachineProgram.firstLine("node", ["--version"]) else {
            return Finding(
                verdict: .note, subject: "Node.js", fact: "not installed; Node.js apps cannot be built",
                mend: ["sudo apt-get install nodejs npm"])
        }
        guard let npm = MachineProgram.firstLine("npm", ["--version"]) else {
            return Finding(
                verdict: .note, subject: "Node.js", fact: "\(version), but without npm; Node.js apps cannot be built",
                mend: ["sudo apt-get install npm"])
        }
        return Finding(verdict: .good, subject: "Node.js", fact: "\(version), npm \(npm)")
    }

    private static func swift() -> Finding {
        guard let version = MachineProgram.firstLine("swift", ["--version"]) else {
            return Finding(
                verdict: .note, subject: "Swift", fact: "not installed; Swift apps cannot be built",
                mend: ["See https://www.swift.org/install/linux/"])
        }
        return Finding(verdict: .good, subject: "Swift", fact: version)
    }

    private static func daemon() async -> Finding {
        do {
            let status = try await status()
            return Finding(
                verdict: .good, subject: "platform", fact: "version \(status.version) runs in \(status.home)")
        } catch {
            let failure = ErrorReport.failure(for: error)
            return Finding(verdict: .fails, subject: "platform", fact: failure.message, mend: failure.mend)
        }
    }

    private static func port() async -> Finding {
        guard let status = try? await status() else {  // The check before this one has said why.
            return Finding(verdict: .fails, subject: "port", fact: "unknown, because the platform does not run")
        }
        guard status.port != 80 else {
            return Finding(verdict: .good, subject: "port", fact: "apps answer at http://NAME.localhost/")
        }
        return Finding(
            verdict: .note, subject: "port",
            fact: "apps answer at http://NAME.localhost:\(status.port)/; port 80 would save typing it",
            mend: ["sudo sysctl net.ipv4.ip_unprivileged_port_start=80", "paas down && paas up --port 80"])
    }

    private static func router() async -> Finding {
        guard let status = try? await status(), let user = status.routerUser else {
            return Finding(verdict: .note, subject: "router", fact: "unknown, because the platform does not say")
        }
        guard status.user == 0 else { return Finding(verdict: .good, subject: "router", fact: "runs as you do") }
        guard user == 0 else {
            return Finding(
                verdict: .good, subject: "router", fact: "has given up root's rights; it runs as user \(user)")
        }
        return Finding(
            verdict: .note, subject: "router",
            fact: "runs as root: this machine has no other user id to give it")
    }

    private static func sandbox() async -> Finding {
        guard let status = try? await status() else {  // The check before this one has said why.
            return Finding(verdict: .fails, subject: "sandbox", fact: "unknown, because the platform does not run")
        }
        let sandbox = status.sandbox
        let limits = SandboxWords.limits(of: sandbox)
        guard !limits.isEmpty else {
            return Finding(verdict: .good, subject: "sandbox", fact: "level \(sandbox.level)")
        }
        return Finding(
            verdict: .note, subject: "sandbox", fact: "level \(sandbox.level); \(limits.joined(separator: "; "))",
            mend: sandbox.mend)
    }

    private static func limits() async -> Finding {
        guard let status = try? await status() else {  // The check of the platform has said why.
            return Finding(verdict: .fails, subject: "limits", fact: "unknown, because the platform does not run")
        }
        let words = status.sandbox.limits ?? ["unknown"]
        let mend = words.contains { $0.hasPrefix("memory: measured") } ? controlGroups : []
        return Finding(
            verdict: mend.isEmpty ? .good : .note, subject: "limits",
            fact: words.joined(separator: "; ")
                + (mend.isEmpty ? "" : "; below your service manager the kernel would keep count"),
            mend: mend)
    }

    /// Where systemd has a manager for this user: groups below it are his to make, those of a login are not.
    private static var controlGroups: [String] {
        guard let folder = Environment.nonEmpty("XDG_RUNTIME_DIR"), FileTree.exists("\(folder)/systemd/private") else {
            return []
        }
        return [
            "paas down && systemd-run --user --scope --property=Delegate=yes paas up",
            "sudo loginctl enable-linger \"$USER\"  # else all of it ends when you log out",
        ]
    }

    private static func network() async -> Finding {
        guard let network = try? await status().network else {  // The check of the platform has said why.
            return Finding(verdict: .note, subject: "network", fact: "unknown, because the platform does not say")
        }
        return Finding(
            verdict: network.exposed ? .note : .good, subject: "network", fact: network.fact, mend: network.mend)
    }

    private static func status() async throws -> Status {
        try await DaemonStarter(home: try .current()).client().status()
    }

    /// Browsers resolve `*.localhost` by themselves; other programs ask the system, and that need not know it.
    private static func resolution() async -> Finding {
        let failing = NameCheck.all.filter { $0.isInstalled && !$0.resolves() }.map(\.name)
        guard !failing.isEmpty else {
            return Finding(verdict: .good, subject: "*.localhost", fact: "resolves for every program here")
        }
        return Finding(
            verdict: .note, subject: "*.localhost",
            fact: "does not resolve for \(failing.joined(separator: ", ")); browsers and curl do not need it",
            mend: ["sudo apt-get install libnss-myhostname", "Or use: curl --resolve NAME.localhost:PORT:127.0.0.1"])
    }
}
