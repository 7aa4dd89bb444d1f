internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// What every shim does, done once before there is any. The tables that the runtime makes of the types in it are then
/// the same memory in all of them; without it, each process of a dyno makes its own, 50 KB of them.
enum ShimRehearsal {
    static func run() {
        let now = Moment.monotonicNanoseconds
        guard let plan = transmitted(sample), let port = plan.port, plan.streams == .logged else { return }
        // Of a folder where nothing can be made, and of this process, which has no children.
        let folder = RunFolder(path: "/proc/self")
        var places = GroupPlaces()
        places.memory = folder.path
        let group = ControlGroup(places, quota: plan.quota, folder: folder)
        var limits: LimitsWatch? = LimitsWatch(plan: plan, folder: folder, first: getpid(), group: group, now: now)
        _ = limits?.look(now: now + 3_000_000_000)
        var watch: PortWatch? = PortWatch(port: port, now: now)
        _ = watch?.look(now: now) { DynoSockets.below(getpid()) }
        _ = Polling.readable([0], within: 0)
        withExtendedLifetime((group, limits, watch)) {}
        cpx_release_memory()
    }

    private static var sample: LaunchPlan {
        let words = (DynoRoot.linkTarget("/proc/self/exe") ?? "/").split(separator: "/")
        let command = words.joined(separator: ":") + words.map(String.init).joined(separator: " ")
        var plan = LaunchPlan(
            level: .l3, userID: 0, groupID: 0, content: .slug(layers: [command]), command: command,
            environment: ["A": command], port: 1, streams: .logged, hostname: "", toolchains: [command], hidden: [],
            hostsFile: command)
        plan.quota.memoryBytes = 1 << 30
        plan.quota.scratchBytes = 1 << 30
        return plan
    }

    private static func transmitted(_ plan: LaunchPlan) -> LaunchPlan? {
        var decoder = FrameDecoder()
        decoder.append(ShimRequest.launch(plan: plan.encoded).frame.bytes)
        guard let frame = try? decoder.next(), case .launch(let bytes)? = try? ShimRequest(frame) else { return nil }
        return try? LaunchPlan(decoding: bytes)
    }
}
