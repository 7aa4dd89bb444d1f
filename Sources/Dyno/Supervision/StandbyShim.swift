internal import CPosix
internal import Model
internal import Posix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// A shim that stands by with a sandbox for the next dyno, in a run folder that has no dyno's name yet.
///
/// It ends, and removes what it has made, when its socket is closed: by this daemon, or with it.
final class StandbyShim: Sendable {
    let folder: RunFolder
    let level: SandboxLevel
    let hasOwnDisk: Bool
    /// The machine as it was before the sandbox was made.
    private let view: MachineView
    private let socket: Mutex<Int32>

    /// Starts one and waits until its sandbox stands.
    ///
    /// - Parameters:
    ///   - plan: what every dyno of this host has in common.
    ///   - folder: to be made.
    init(plan: LaunchPlan, folder: RunFolder, nursery: ShimNursery, disk: ScratchDisk?) throws {
        self.folder = folder
        level = plan.level
        hasOwnDisk = disk != nil
        view = MachineView()
        try FileTree.makeFolder(folder.path)
        do {
            let near = Descriptor(owning: try Launch.startShim(from: nursery, in: folder, disk: disk))
            // The shim alone holds it from here on.
            disk?.letGo()
            try near.writeAll(ShimRequest.prepare(plan: plan.encoded).frame.bytes)
            try Self.waitUntilReady(near)
            socket = Mutex(near.release())
        } catch {
            Self.removeLeftovers(folder)
            throw error
        }
    }

    private static func waitUntilReady(_ shim: borrowing Descriptor) throws {
        var decoder = FrameDecoder()
        guard case .hello? = try ShimReport(decoder.next(from: shim, within: 10_000)) else {
            throw ByteReader.Malformed()
        }
    }

    /// Whether it lives, and a sandbox made now would look the same.
    var isGood: Bool {
        let number = socket.withLock { $0 }
        // It says nothing more: when there is something to read, that is its end.
        return number >= 0 && Polling.readable([number], within: 0).isEmpty && view == MachineView()
    }

    /// The line to it, for its dyno; who has it closes it.
    func takeSocket() -> Int32 {
        socket.withLock { number in
            defer { number = -1 }
            return number
        }
    }

    /// Ends it, and returns when nothing of it is left.
    func discard() {
        let near = Descriptor(owning: takeSocket())
        guard near.raw >= 0 else { return }
        shutdown(near.raw, Int32(SHUT_WR))
        _ = Polling.readable([near.raw], within: 3000)
        Self.removeLeftovers(folder)
    }

    /// What one has left that was killed, or hangs.
    static func removeLeftovers(_ folder: RunFolder) {
        LostDyno(folder: folder, level: .l1).endNow()
        ControlGroup.removeLeftovers(of: folder)
        // What cannot be removed now, the next daemon tries again.
        try? FileTree.remove(folder.path)
    }

    deinit {
        let number = socket.withLock { $0 }
        if number >= 0 { close(number) }
    }
}

/// What a sandbox takes over from the machine and does not follow later: what is mounted, and the folders at its top.
struct MachineView: Equatable {
    private let mounts: [UInt8]
    private let tops: [[UInt64]]

    init() {
        mounts = (try? FileTree.read("/proc/self/mountinfo")) ?? []
        tops = DynoRoot.system.map { name in
            var info = stat()
            guard lstat("/\(name)", &info) == 0 else { return [] }
            return [UInt64(info.st_dev), UInt64(info.st_ino), UInt64(info.st_mode)]
        }
    }
}
