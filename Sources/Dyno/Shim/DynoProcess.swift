internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A dyno as its shim holds it: the first process, the line to it, and the ends of its standard streams.
struct DynoProcess: ~Copyable {
    let process: Int32
    let control: Descriptor
    /// What the dyno writes; -1 until its terminal has come.
    var output: Descriptor
    /// What the dyno reads; -1 when nobody may write to it.
    var input: Descriptor
    /// Of a dyno that has a network of its own.
    var network: OwnNetwork?

    /// Starts the first process of a dyno. Its news come over ``control``.
    ///
    /// - Parameters:
    ///   - group: where it, and so all of the dyno, is counted.
    ///   - isStandby: whether it is told later whose dyno it is, by ``become(_:in:)``.
    init(
        plan: LaunchPlan, folder: RunFolder, lock: borrowing Descriptor, group: ControlGroup?, isStandby: Bool = false
    ) throws(LaunchFailure) {
        do {
            var ends: [Int32] = [-1, -1]
            try posix(cpx_socketpair(&ends), "socketpair")
            let control = Descriptor(owning: ends[0])
            let far = Descriptor(owning: ends[1])
            let streams = try DynoStreams(plan.streams, owner: plan)
            let asRoot = geteuid() == 0
            var network: OwnNetwork?
            if plan.network.isOwn { network = try OwnNetwork(plan: plan, folder: folder) }
            let (door, waiting) = (network?.doorNumber ?? -1, network?.waitingNumber ?? -1)
            let process = try posix(cpx_clone(plan.namespaces), "make namespaces")
            if process == 0 {
                var first = DynoInit(
                    plan: plan, folder: folder, control: far.raw, input: streams.dynoInput.raw,
                    output: streams.dynoOutput.raw, lock: lock.raw, door: door, network: waiting,
                    isStandby: isStandby)
                first.run()
            }
            if plan.level.hasUserNamespace {
                do {
                    try IDMapping.write(
                        for: process, plan: plan, asRoot: asRoot, ownUser: geteuid(), ownGroup: getegid())
                } catch {
                    kill(process, SIGKILL)
                    throw error
                }
            }
            try control.writeAll(InitOrder.go.frame.bytes)
            // Meanwhile the first process makes its root: the kernel takes milliseconds to move one into a group.
            if let group {
                guard group.take(process) else {
                    let code = errno
                    Glibc.kill(process, SIGKILL)
                    throw LaunchFailure(step: "join the control group", code: code)
                }
                if !isStandby { try control.writeAll(InitOrder.counted.frame.bytes) }
            }
            if network != nil {
                do { try network?.connect(process, plan: plan, folder: folder, lock: lock.raw) } catch {
                    kill(process, SIGKILL)
                    throw error
                }
                try control.writeAll(InitOrder.connected.frame.bytes)
            }
            self.process = process
            self.network = network
            self.control = control
            output = streams.output
            input = streams.input
        } catch let error as PosixError {
            throw LaunchFailure(error)
        } catch let failure as LaunchFailure {
            throw failure
        } catch { throw LaunchFailure(step: "\(error)", code: 0) }
    }

    /// Tells a first process that stands by whose it is.
    func become(_ plan: LaunchPlan, in folder: RunFolder) throws(LaunchFailure) {
        do {
            // Its user may open it by name, as /dev/stdout.
            if geteuid() == 0 { try posix(cpx_give(output.raw, plan.userID, plan.groupID), "fchown") }
            try control.writeAll(InitOrder.become(folder: folder.path, plan: plan.encoded).frame.bytes)
            if plan.groups != .none { try control.writeAll(InitOrder.counted.frame.bytes) }
        } catch { throw LaunchFailure(error) }
    }

    func order(_ order: InitOrder) {
        // When it has just gone there is nobody left to obey.
        try? control.writeAll(order.frame.bytes)
    }
}

/// The pipes between a shim and its dyno; -1 where a terminal takes their place.
struct DynoStreams: ~Copyable {
    let dynoInput: Descriptor
    let dynoOutput: Descriptor
    let output: Descriptor
    let input: Descriptor

    /// - Parameter plan: says whose they are.
    init(_ streams: DynoSpec.Streams, owner plan: LaunchPlan) throws(PosixError) {
        var fromDyno: [Int32] = [-1, -1]
        var toDyno: [Int32] = [-1, -1]
        switch streams {
        case .terminal: break
        case .logged:
            fromDyno = try Self.pipe(owner: plan)
            toDyno[0] = try Descriptor(opening: "/dev/null").release()
        case .pipes:
            fromDyno = try Self.pipe(owner: plan)
            toDyno = try Self.pipe(owner: plan)
            _ = fcntl(toDyno[1], F_SETFL, O_NONBLOCK)
        }
        if fromDyno[0] >= 0 { _ = fcntl(fromDyno[0], F_SETFL, O_NONBLOCK) }
        output = Descriptor(owning: fromDyno[0])
        dynoOutput = Descriptor(owning: fromDyno[1])
        dynoInput = Descriptor(owning: toDyno[0])
        input = Descriptor(owning: toDyno[1])
    }

    /// A pipe that the app's user may open again by name (`/dev/stdout`).
    private static func pipe(owner plan: LaunchPlan) throws(PosixError) -> [Int32] {
        var ends: [Int32] = [-1, -1]
        try posix(Glibc.pipe(&ends), "pipe")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        if geteuid() == 0 { try posix(cpx_give(ends[0], plan.userID, plan.groupID), "fchown") }
        return ends
    }
}
