internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A dyno's own network, and the user namespace that owns it: whoever is root in that one rules the network and
/// nothing else.
struct NetworkNamespace: ~Copyable {
    let network: Descriptor
    let owner: Descriptor

    /// The one of a process that was cloned with it.
    init(of process: Int32) throws(PosixError) {
        let network = try Descriptor(opening: "/proc/\(process)/ns/net", O_RDONLY)
        let owner = try Descriptor(opening: "/proc/\(process)/ns/user", O_RDONLY)
        self.network = network
        self.owner = owner
    }

    /// A new one, for a dyno that needs no user namespace itself: root makes its sandbox. The way out then has no
    /// rights over the machine.
    static func make() throws(PosixError) -> NetworkNamespace {
        let process = try posix(cpx_clone(UInt32(CPX_NEW_USER | CPX_NEW_NETWORK)), "make a network")
        if process == 0 {
            _ = cpx_die_with_parent(SIGKILL)
            while true { pause() }
        }
        defer {
            kill(process, SIGKILL)
            _ = try? Subprocess.wait(process)
        }
        for map in ["uid_map", "gid_map"] {
            try Descriptor(opening: "/proc/\(process)/\(map)", O_WRONLY).writeAll(Array("0 0 1\n".utf8))
        }
        return try NetworkNamespace(of: process)
    }
}
