internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension Subprocess {
    /// As ``start(_:arguments:environment:folder:descriptors:)``, and on Linux SIGKILL ends the program when the thread
    /// that calls this does: call it on a thread that lives as long as the program may.
    package static func startKept(
        _ program: String, arguments: [String], environment: [String: String], descriptors: [Int32]
    ) throws(PosixError) -> Int32 {
        let argv = CStrings([program] + arguments)
        let envp = CStrings(environment.map { "\($0.key)=\($0.value)" })
        let pid = cpx_spawn_kept(program, argv.pointers, envp.pointers, nil, descriptors, descriptors.count)
        return try posix(pid, "start \(program)")
    }

    /// Reaps one child that has ended, whichever it is; `nil` when none has.
    package static func reapAny() -> (pid: Int32, end: End)? {
        var code: Int32 = 0
        var signal: Int32 = 0
        let pid = cpx_reap(&code, &signal)
        return pid > 0 ? (pid, signal != 0 ? .signal(signal) : .code(code)) : nil
    }

    /// Sends a signal; nothing happens when there is no such process, or it belongs to somebody else.
    package static func signal(_ pid: Int32, _ number: Int32) { _ = Self.systemKill(pid, number) }

    /// Sends a signal to the process group whose leader is a child that has not been reaped.
    package static func signalGroup(of leader: Int32, _ number: Int32) { _ = Self.systemKill(-leader, number) }

    private static func systemKill(_ pid: Int32, _ number: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(pid, number)
        #else
            Darwin.kill(pid, number)
        #endif
    }
}
