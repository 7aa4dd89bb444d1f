internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Finds the program that holds a socket, as far as this user may look.
enum SocketHolder {
    static func find(_ listener: Listener) -> PortThief {
        var thief = PortThief(port: listener.port, userID: listener.userID)
        for name in (try? FileTree.names(in: "/proc")) ?? [] {
            guard let process = Int32(name), holds(process, listener) else { continue }
            thief.processID = process
            thief.program = ProcessTree.program(of: process)
            thief.dyno = dyno(of: process)
            break
        }
        return thief
    }

    private static func holds(_ process: Int32, _ listener: Listener) -> Bool {
        var info = stat()
        guard stat("/proc/\(process)", &info) == 0, info.st_uid == listener.userID else { return false }
        // Root without the right to trace looks as the owner.
        let asOwner = geteuid() == 0 && info.st_uid != 0
        if asOwner { _ = cpx_act_on_files_as(info.st_uid, info.st_gid) }
        defer { if asOwner { _ = cpx_act_on_files_as(0, 0) } }
        return ProcessTree.sockets(of: [process]).contains(listener.inode)
    }

    /// The dyno that a process belongs to: the run folder is in the arguments of the shim above it.
    private static func dyno(of process: Int32) -> DynoID? {
        var process = process
        for _ in 0..<64 where process > 1 {
            let line = (try? FileTree.read("/proc/\(process)/cmdline", limit: 65_536)) ?? []
            let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            if arguments.count == 2, arguments[0].split(separator: "/").last == "paas-dyno" {
                return arguments[1].split(separator: "/").last.flatMap { DynoID($0) }
            }
            guard let parent = ProcessTree.parent(of: process) else { return nil }
            process = parent
        }
        return nil
    }
}
