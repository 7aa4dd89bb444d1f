internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What a long-lived program sets for itself once, at its start.
package enum ProcessLimits {
    /// Raises the limit on open descriptors to the most that is allowed.
    package static func raiseDescriptors() {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }

    /// Files that this process makes are for their owner alone.
    package static func keepFilesPrivate() { umask(0o077) }
}

extension ProcessLimits {
    /// Gives up what root has, for good: the process is that user from here on, with no capability, in no other group;
    /// nothing that it starts gains any, and nobody but root traces it or reads its memory.
    ///
    /// Called before other threads are started, which inherit it.
    package static func giveUpRoot(toBecome user: UInt32) throws(PosixError) {
        #if canImport(Glibc)
            try posix(cpx_no_new_privileges(), "no_new_privs")
            try posix(cpx_drop_bounding_set(), "PR_CAPBSET_DROP")
            try posix(cpx_take_ids(user, user, 1), "setresuid \(user)")
            try posix(cpx_drop_all_capabilities(), "capset")
            try posix(cpx_keep_memory_private(), "PR_SET_DUMPABLE")
        #endif
        guard getuid() == user, geteuid() == user, setuid(0) != 0 else { throw PosixError(EPERM, "setresuid \(user)") }
    }

    /// The cores that this process may run on, at least one.
    package static var usableCores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
