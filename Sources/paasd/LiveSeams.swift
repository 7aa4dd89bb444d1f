internal import Dyno
internal import Model
internal import Platform
internal import Posix

extension Time {
    /// This machine's clocks.
    static let system = Time(
        now: { Timestamp(microseconds: Moment.realtimeMicroseconds) },
        sleep: { try await Task.sleep(for: $0) }, sleepUntil: sleepUntil)

    /// Timers stand still while a machine sleeps, and no clock that is set moves them: so the clock is looked at once a
    /// minute.
    private static func sleepUntil(_ moment: Timestamp) async throws {
        while true {
            let rest = moment.since(Timestamp(microseconds: Moment.realtimeMicroseconds))
            guard rest > .zero else { return }
            try await Task.sleep(for: min(rest, .seconds(60)))
        }
    }
}

extension Blocking {
    init(_ pool: BlockingPool) {
        self.init { job in
            // The job keeps its own result; running it cannot fail.
            _ = try? await pool.run { job() }
        }
    }
}

extension Files {
    static let system = Files(
        makeFolder: { try FileTree.makeFolder($0) },
        remove: { try FileTree.remove($0) },
        freeBytes: { try FileTree.freeBytes(at: $0) },
        size: { try FileTree.size(of: $0) },
        names: { (try? FileTree.names(in: $0)) ?? [] },
        beginning: { path, limit in try? Descriptor(opening: path).read(atMost: limit) },
        synchronize: { try FileTree.synchronize($0) })
}

extension DynoHost.Settings {
    init(home: Home, programs: Programs, environment: [String: String]) throws {
        let forced = try environment["PAAS_SANDBOX_LEVEL"].map { text in
            guard let level = SandboxLevel(rawValue: text), level != .l0 || Environment.userID == 0 else {
                throw DaemonError.badLevel(text)
            }
            return level
        }
        self.init(runFolder: home.run, shimProgram: programs.shim, homeFolder: home.path, forcedLevel: forced)
        readLimits(from: environment)
    }

    /// `PAAS_SCRATCH_LIMIT_MB` (0: none), `PAAS_DISK_RESERVE_MB`, `PAAS_CGROUPS=off`, `PAAS_SCRATCH_DISKS=off`,
    /// `PAAS_STANDBY=off` (or `0`, `no`, `false`); what is no number is left as it is.
    private mutating func readLimits(from environment: [String: String]) {
        func bytes(_ name: String) -> UInt64? { environment[name].flatMap { UInt32($0) }.map { UInt64($0) << 20 } }
        if let bytes = bytes("PAAS_SCRATCH_LIMIT_MB") { disk.scratchBytes = bytes }
        if let bytes = bytes("PAAS_DISK_RESERVE_MB") { disk.reserveBytes = bytes }
        func isOff(_ name: String) -> Bool { ["off", "0", "no", "false"].contains(environment[name]?.lowercased()) }
        if isOff("PAAS_CGROUPS") { usesGroups = false }
        if isOff("PAAS_SCRATCH_DISKS") { usesDisks = false }
        if isOff("PAAS_STANDBY") { standsBy = false }
    }
}

extension Duration {
    /// How long a maker's service may take for an answer. Source: "Add-on Partner API Reference", "Timeouts".
    /// `PAAS_PARTNER_TIMEOUT` (seconds) says otherwise.
    static func partnerLimit(from environment: [String: String]) -> Duration {
        let seconds = environment["PAAS_PARTNER_TIMEOUT"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        return .seconds(seconds ?? 25)
    }
}

extension Settings {
    /// `PAAS_BOOT_TIMEOUT`, `PAAS_STOP_GRACE` (seconds), `PAAS_SLUG_LIMIT_MB`, `PAAS_KEEP_RELEASES`,
    /// `PAAS_ECO_HOURS` (a fraction of an hour too); what is no number is left as it is.
    mutating func readOverrides(from environment: [String: String]) {
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
        if let seconds = number("PAAS_BOOT_TIMEOUT") { bootTimeout = .seconds(seconds) }
        if let seconds = number("PAAS_STOP_GRACE") { stopGrace = .seconds(seconds) }
        if let megabytes = number("PAAS_SLUG_LIMIT_MB") { slugLimitBytes = Int64(megabytes) << 20 }
        if let hours = environment["PAAS_ECO_HOURS"].flatMap({ Double($0) }), (0...1e6).contains(hours) {
            ecoHours = .seconds(hours * 3600)
        }
        if let releases = number("PAAS_KEEP_RELEASES") { keptReleases = releases }
    }
}
