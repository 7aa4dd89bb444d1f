internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A table of nftables that keeps the dynos' ports to this machine's loopback: a dyno may listen on all addresses, as
/// Heroku wants it, and nobody else on the network reaches it.
///
/// The table is named after the home, so that two homes never disturb each other; it stays when the daemon is killed,
/// for the dynos stay too.
struct PortGuard {
    let table: String
    let ports: ClosedRange<UInt16>

    init(home: String, ports: ClosedRange<UInt16>) {
        table = "paas_" + String(stableHash(home), radix: 16)
        self.ports = ports
    }

    /// - Returns: why it is not possible; `nil` once the table stands.
    func raise() -> String? {
        guard geteuid() == 0 else { return "only root may make the rule that would prevent it" }
        // Replaced whole, in one step. Only what begins a connection is stopped: a dyno's own connections may well have
        // a port of the range at this end.
        return run(
            """
            table inet \(table) {}
            delete table inet \(table)
            table inet \(table) {
                chain dynos {
                    type filter hook input priority filter - 5; policy accept;
                    iifname != "lo" tcp dport \(ports.lowerBound)-\(ports.upperBound) \
            tcp flags & (fin | syn | rst | ack) == syn drop
                }
            }
            """)
    }

    func lower() {
        // When it cannot be removed, it is in nobody's way but this home's.
        _ = run("table inet \(table) {}\ndelete table inet \(table)\n")
    }

    static var program: String? { Subprocess.find("nft", path: "/usr/sbin:/sbin:/usr/local/sbin:/usr/bin:/bin") }

    private func run(_ rules: String) -> String? {
        guard let program = Self.program else { return "nft is not installed" }
        do {
            // One argument is a whole file of rules, too.
            let (end, _, errors) = try Subprocess.capture(program, arguments: [rules], environment: [:])
            if end.isSuccess { return nil }
            let said = String(decoding: errors, as: UTF8.self).split(separator: "\n").first.map(String.init)
            return "nft refused: \(said ?? "\(end)")"
        } catch { return "nft did not run: \(error)" }
    }
}

/// Who reaches dynos from outside of this machine.
package struct ExposureReport: Sendable, Equatable {
    /// The machine's addresses besides loopback.
    package let addresses: [String]
    /// Why dynos are not kept to loopback; `nil` when they are.
    package let obstacle: String?
    /// What keeps them.
    private let table: String
    private let ports: ClosedRange<UInt16>
    /// What a dyno's own network, which keeps it to this machine as well, still needs here.
    private let ownNetwork: NetworkObstacle?

    init(addresses: [String], obstacle: String?, guard: PortGuard, ownNetwork: NetworkObstacle? = nil) {
        self.addresses = addresses
        self.obstacle = obstacle
        self.ownNetwork = ownNetwork
        table = `guard`.table
        ports = `guard`.ports
    }

    /// A machine that nobody reaches.
    package init() { self.init(addresses: [], obstacle: nil, guard: PortGuard(home: "/", ports: 20_000...29_999)) }

    /// Addresses at which others reach a dyno that listens on all of them.
    package var reachable: [String] { obstacle == nil ? [] : addresses }

    package var isExposed: Bool { !reachable.isEmpty }

    /// What holds, in one clause.
    package var fact: String {
        guard let obstacle else {
            return "dynos answer on this machine only: nftables' table \(table) keeps ports "
                + "\(ports.lowerBound)-\(ports.upperBound) to loopback"
        }
        guard isExposed else { return "dynos answer on this machine only: it has no address but loopback" }
        return
            "a dyno that listens on 0.0.0.0 can be reached from the network, at \(addresses.joined(separator: ", ")): "
            + obstacle
    }

    package var mend: [String] {
        guard isExposed else { return [] }
        let install = PortGuard.program == nil ? ["sudo apt-get install nftables", "paas down && paas up"] : []
        return (geteuid() == 0 ? install : []) + (ownNetwork?.mend ?? [])
            + ["paas features:enable private-network -a NAME"]
    }
}

extension DynoHost {
    /// Keeps the dynos' ports to this machine, where that is possible; done once, by whoever asks first.
    package func guardPorts() async -> ExposureReport {
        if let exposure { return exposure }
        let portGuard = portGuard
        let obstacle: String?
        do { obstacle = try await pool.run { portGuard.raise() } } catch { obstacle = "nft was not tried: \(error)" }
        let report = ExposureReport(
            addresses: NetworkAddresses.reachable(), obstacle: obstacle, guard: portGuard,
            ownNetwork: NetworkObstacle.find())
        exposure = report
        return report
    }

    func lowerGuard() async {
        guard exposure?.obstacle == nil, exposure != nil else { return }
        let portGuard = portGuard
        try? await pool.run { portGuard.lower() }
    }

    private var portGuard: PortGuard { PortGuard(home: settings.homeFolder, ports: settings.ports) }
}
