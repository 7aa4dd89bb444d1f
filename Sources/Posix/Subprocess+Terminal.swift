internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension Subprocess {
    /// Starts a program that outlives this one: a session of its own, nothing on standard input, output appended to
    /// the file `log`, no other descriptor inherited (one of a `git push` would make git wait for it).
    ///
    /// - Returns: its process id.
    package static func startDetached(
        _ program: String, arguments: [String], environment: [String: String], log: String
    ) throws(PosixError) -> Int32 {
        let file = try Descriptor(opening: log, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let argv = CStrings([program] + arguments)
        let envp = CStrings(environment.map { "\($0.key)=\($0.value)" })
        return try posix(cpx_start_detached(program, argv.pointers, envp.pointers, file.raw), "start \(program)")
    }

    /// Whether a child has ended; it is reaped then.
    package static func endIfEnded(_ pid: Int32) throws(PosixError) -> End? {
        var code: Int32 = 0
        var signal: Int32 = 0
        guard try posix(cpx_try_wait_status(pid, &code, &signal), "waitpid \(pid)") > 0 else { return nil }
        return signal != 0 ? .signal(signal) : .code(code)
    }

    /// Ends any process of this user at once; one that has ended already is no error.
    package static func kill(_ pid: Int32) throws(PosixError) {
        let number = cpx_pidfd_open(pid)
        guard number >= 0 || errno != ESRCH else { return }
        let process = Descriptor(owning: try posix(number, "pidfd_open \(pid)"))
        guard cpx_pidfd_signal(process.raw, SIGKILL) < 0, errno != ESRCH else { return }
        throw .last("kill \(pid)")
    }

    /// Becomes another program; returns only when that failed.
    package static func become(
        _ program: String, arguments: [String], environment: [String: String]
    ) -> PosixError {
        let argv = CStrings([program] + arguments)
        let envp = CStrings(environment.map { "\($0.key)=\($0.value)" })
        _ = cpx_exec(program, argv.pointers, envp.pointers)
        return .last("exec \(program)")
    }

    /// Runs a program on this terminal (an editor, git) and waits for its end; keys and Ctrl-C are the program's.
    package static func runInForeground(
        _ program: String, arguments: [String], environment: [String: String]
    ) throws(PosixError) -> End {
        let argv = CStrings([program] + arguments)
        let envp = CStrings(environment.map { "\($0.key)=\($0.value)" })
        var code: Int32 = 0
        var signal: Int32 = 0
        let result = cpx_run_in_foreground(program, argv.pointers, envp.pointers, &code, &signal)
        try posix(result, "start \(program)")
        return signal != 0 ? .signal(signal) : .code(code)
    }
}
