internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A sandbox that stands before anybody knows for which dyno: its control groups and namespaces are made, and all of its
/// root that is the same for every dyno is laid. No command of any app has run in it.
final class Standby {
    let group: ControlGroup?
    let disk: ScratchMount?
    private var process: DynoProcess?
    private let folder: RunFolder

    /// - Parameter plan: what every dyno that may come has in common.
    init(plan: LaunchPlan, folder: RunFolder, lock: borrowing Descriptor) throws(LaunchFailure) {
        var plan = plan
        self.folder = folder
        group = ControlGroup(plan.groups, quota: Quota(), folder: folder)
        if group == nil { plan.groups = .none }
        disk = plan.hasOwnDisk ? ScratchMount(at: folder) : nil
        do {
            try Preparation.makeFolders(in: folder.scratch)
            try FileTree.makeFolder(folder.root)
            let process = try DynoProcess(plan: plan, folder: folder, lock: lock, group: group, isStandby: true)
            let number = process.process
            do { try Self.waitUntilLaid(process) } catch {
                Self.end(number)
                throw error
            }
            self.process = consume process
        } catch {
            discard()
            throw error as? LaunchFailure ?? LaunchFailure(step: "stand by: \(error)", code: 0)
        }
    }

    private static func waitUntilLaid(_ process: borrowing DynoProcess) throws {
        var decoder = FrameDecoder()
        switch try InitNews(decoder.next(from: process.control)) {
        case .laid: return
        case .failed(let failure): throw failure
        default: throw ByteReader.Malformed()
        }
    }

    /// Makes it the dyno of that plan.
    ///
    /// - Parameter folder: what its run folder is called by now.
    func become(_ plan: LaunchPlan, in folder: RunFolder) throws(LaunchFailure) -> DynoProcess {
        if let group, !group.limit(plan.quota) {
            throw LaunchFailure(step: "limit the control group", code: errno)
        }
        guard let process = self.process.take() else { throw LaunchFailure(step: "stand by", code: 0) }
        try process.become(plan, in: folder)
        return process
    }

    private static func end(_ process: Int32) {
        kill(process, SIGKILL)
        var (code, signal): (Int32, Int32) = (0, 0)
        _ = cpx_wait_status(process, &code, &signal)
    }

    /// Nobody wants it: nothing of it is left.
    func discard() {
        if let process = self.process.take() { Self.end(process.process) }
        group?.remove()
        disk?.discard()
        // What cannot be removed now, the daemon removes, or the next one.
        try? FileTree.remove(folder.path)
    }
}
