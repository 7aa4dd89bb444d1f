internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The way out of a dyno's own network: `pasta` carries its packets, and a keeper ends `pasta` with the shim, whatever
/// ends the shim.
struct WayOut: ~Copyable {
    /// Whom the shim waits for among its children.
    let keeper: Int32
    /// The keeper ends when the shim's side of it is closed.
    private var line: Descriptor

    /// Returns when packets go both ways.
    ///
    /// - Parameters:
    ///   - process: the dyno's first one, which is in the network.
    ///   - lock: the run folder's, held as long as `pasta` lives.
    init(
        plan: LaunchPlan, folder: RunFolder, process: Int32, network: borrowing NetworkNamespace, lock: Int32
    ) throws(LaunchFailure) {
        guard let program = Self.program else { throw LaunchFailure(step: "find pasta", code: ENOENT) }
        var ends: [Int32] = [-1, -1]
        try step(cpx_socketpair(&ends), "socketpair")
        let near = Descriptor(owning: ends[0])
        let keeper = cpx_fork()
        if keeper == 0 {
            Keeper(
                line: ends[1], lock: lock, network: network.network.raw, owner: network.owner.raw, program: program,
                arguments: Self.arguments(plan, folder, process)
            ).run()
        }
        Glibc.close(ends[1])
        try step(keeper, "fork")
        // Nothing at all when the keeper has died.
        let answer = (try? near.read(atMost: 4096)) ?? []
        guard answer == [Keeper.isReady] else {
            // It has given up and leaves.
            _ = try? Subprocess.wait(keeper)
            let reason = String(decoding: answer, as: UTF8.self)
            throw LaunchFailure(
                step: "connect its network: \(reason.isEmpty ? "pasta ended at once" : reason)", code: 0)
        }
        self.keeper = keeper
        line = near
    }

    /// Ends `pasta`, and returns when the keeper is gone.
    mutating func close() {
        line = Descriptor(owning: -1)
        // Whoever is reaped already is waited for no more.
        _ = try? Subprocess.wait(keeper)
    }

    static var program: String? { Subprocess.find("pasta", path: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin") }

    /// The dyno's own address, and the machine as it sees it: from the range for measuring networks, which no network
    /// in use has (RFC 2544).
    private static let address = "198.18.250.2"
    private static let gateway = "198.18.250.1"

    private static func arguments(_ plan: LaunchPlan, _ folder: RunFolder, _ process: Int32) -> [String] {
        var arguments = [
            "--quiet", "--config-net", "--pid", folder.wayOut, "-t", "none", "-u", "none", "-U", "none", "-T",
            ports(plan), "-a", address, "-n", "30", "-g", gateway, "--no-map-gw",
        ]
        if Resolver.isOnLoopback { arguments += ["--dns-forward", gateway] }
        // Root's is told the namespaces through descriptors: it gives up the right to look at other processes first.
        return geteuid() == 0
            ? arguments + ["--runas", "0", "--userns", "/proc/self/fd/1", "--netns", "/proc/self/fd/0"]
            : arguments + ["\(process)"]
    }

    /// The servers of this machine that stand in the dyno's network at the same port.
    private static func ports(_ plan: LaunchPlan) -> String {
        guard case .own(let named) = plan.network else { return "none" }
        let there = Set(Listener.all().map(\.port)).intersection(MachinePorts.dataServices)
        let all = there.union(named).subtracting(plan.port.map { [$0] } ?? [])
        return all.isEmpty ? "none" : all.sorted().map(String.init).joined(separator: ",")
    }

    /// How names are found from inside.
    enum Resolver {
        /// Whether the machine asks a server of its own (systemd-resolved), which the dyno's loopback does not have.
        static var isOnLoopback: Bool {
            let text = (try? FileTree.readText("/etc/resolv.conf", limit: 65_536)) ?? ""
            let first = text.split(separator: "\n").first { $0.hasPrefix("nameserver") }
            return first.map { $0.contains(" 127.") || $0.contains(" ::1") } ?? false
        }

        /// The machine's `resolv.conf` for a dyno of that plan.
        static func adapted(_ text: String, to plan: LaunchPlan) -> String {
            guard plan.network.isOwn, isOnLoopback else { return text }
            let others = text.split(separator: "\n").filter { !$0.hasPrefix("nameserver") }
            return (["nameserver \(gateway)"] + others).joined(separator: "\n") + "\n"
        }
    }

    /// Ends a `pasta` that outlived shim and keeper both.
    static func endLeftover(in folder: RunFolder) {
        guard let text = try? FileTree.readText(folder.wayOut, limit: 64), let process = Int32(text.filter(\.isNumber)),
            process > 1, let words = try? FileTree.read("/proc/\(process)/cmdline", limit: 65_536),
            // The number may be another process's by now.
            words.split(separator: 0).contains(where: { $0.elementsEqual(folder.wayOut.utf8) })
        else { return }
        kill(process, SIGKILL)
    }
}

/// The process between a shim and its `pasta`.
private struct Keeper {
    static let isReady: UInt8 = 1

    /// To the shim.
    let line: Int32
    let lock: Int32
    let network: Int32
    let owner: Int32
    let program: String
    let arguments: [String]

    /// Never returns.
    func run() -> Never {
        // `pasta` goes into the background; its grandparent keeps it.
        _ = cpx_adopt_orphans()
        let signals = cpx_signal_descriptor()
        do {
            try DynoInit.keepOnly([line, lock, network, owner, signals])
            var errors = try Pipe()
            let first = try Subprocess.start(
                program, arguments: arguments, environment: [:], folder: "/",
                descriptors: [network, owner, errors.write.raw])
            errors.closeWriting()
            guard try Subprocess.wait(first).isSuccess else {
                tell(Array(Self.reason(try errors.read.read(atMost: 4096)).utf8))
                cpx_exit(1)
            }
        } catch {
            tell(Array("\(error)".utf8))
            cpx_exit(1)
        }
        tell([Self.isReady])
        watch(signals)
    }

    private func watch(_ signals: Int32) -> Never {
        while true {
            var polls = [
                pollfd(fd: line, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polls, 2, -1) >= 0 else { continue }
            while cpx_read_signal(signals) != 0 {}
            if polls[0].revents != 0 {
                ProcessTree.killDescendants()
                cpx_exit(0)
            }
            var code: Int32 = 0
            var signal: Int32 = 0
            while case let process = cpx_reap(&code, &signal), process != 0 {
                // No child is left: there is nothing to keep.
                if process < 0 { cpx_exit(1) }
            }
        }
    }

    /// When it cannot be told, the shim has gone, and ``watch(_:)`` sees that.
    private func tell(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { send(line, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// The last thing that `pasta` said before it gave up.
    private static func reason(_ bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.contains("syslog") }
        return lines.last.map(String.init) ?? ""
    }
}
