internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A dyno's own network as its shim holds it: where the router gets in, and where packets get out.
struct OwnNetwork: ~Copyable {
    /// Connections wait here; the dyno's first process answers each with a socket of the network.
    private var door: Descriptor
    /// `nil` until the dyno's first process has brought it along.
    private var namespace: NetworkNamespace?
    private var wayOut: WayOut?
    private var lock: Int32 = -1
    private var losses = 0

    init(plan: LaunchPlan, folder: RunFolder) throws {
        guard plan.level != .l3 else { throw LaunchFailure(step: "make a network without namespaces", code: 0) }
        // As many may come at once as a TCP server of this machine lets wait.
        let door = try UnixSocket.listen(at: folder.door, backlog: 4096)
        let namespace: NetworkNamespace? = plan.level.hasUserNamespace ? nil : try NetworkNamespace.make()
        self.door = door
        self.namespace = namespace
    }

    var doorNumber: Int32 { door.raw }

    /// What the dyno's first process has to join; `nil` when it is made with its network.
    var waitingNumber: Int32? {
        switch namespace {
        case .some(let namespace): namespace.network.raw
        case nil: nil
        }
    }

    /// The process that keeps the way out.
    var keeper: Int32? {
        switch wayOut {
        case .some(let wayOut): wayOut.keeper
        case nil: nil
        }
    }

    /// - Parameters:
    ///   - process: the dyno's first one.
    ///   - lock: the run folder's.
    mutating func connect(_ process: Int32, plan: LaunchPlan, folder: RunFolder, lock: Int32) throws(LaunchFailure) {
        self.lock = lock
        // The first process alone holds it from here on, so that it closes when that ends.
        door = Descriptor(owning: -1)
        do {
            if namespace == nil { namespace = try NetworkNamespace(of: process) }
        } catch { throw LaunchFailure(error) }
        switch namespace {
        case .some(let namespace):
            wayOut = try WayOut(plan: plan, folder: folder, process: process, network: namespace, lock: lock)
        case nil: break
        }
    }

    /// A new way out in the place of one that has ended by itself.
    mutating func reconnect(_ process: Int32, plan: LaunchPlan, folder: RunFolder) throws(LaunchFailure) {
        losses += 1
        guard losses <= 10 else { throw LaunchFailure(step: "pasta ended \(losses) times", code: 0) }
        // Where only its keeper was ended, it has become this process's own.
        for child in ProcessTree.children(of: getpid()) ?? [] where child != process {
            kill(child, SIGKILL)
            _ = try? Subprocess.wait(child)
        }
        wayOut = nil
        try connect(process, plan: plan, folder: folder, lock: lock)
    }

    /// Ends the way out; what is left of the network goes with the dyno's last process.
    mutating func close() { wayOut?.close() }
}
