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
    /// The cores that this process may run on, at least one.
    package static var usableCores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
