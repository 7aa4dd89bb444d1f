#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What this process knows of itself.
package enum ThisProcess {
    package static var id: Int32 { getpid() }
    package static var userID: UInt32 { geteuid() }
    package static var arguments: [String] { CommandLine.arguments }

    package static var environment: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let line = entry.pointee {
            let text = String(cString: line)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        return variables
    }

    /// The folder of the running program, with every symbolic link followed.
    package static var programFolder: String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        let program = String(cString: path)
        return program.lastIndex(of: "/").map { String(program[..<$0]) }
    }

    /// Raises the limit on open descriptors to the most that is allowed.
    package static func raiseDescriptorLimit() {
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

    package static func end(_ status: Int32) -> Never { exit(status) }
}
