internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

extension SandboxLevel {
    /// The `CPX_NEW_*` bits that a dyno of this level is cloned with. Root needs no user namespace at L0.
    var namespaces: UInt32 {
        let separate = CPX_NEW_MOUNTS | CPX_NEW_IPC | CPX_NEW_HOSTNAME
        switch self {
        case .l0: return UInt32(separate | CPX_NEW_PROCESSES)
        case .l1, .l2: return UInt32(separate | CPX_NEW_PROCESSES | CPX_NEW_USER)
        case .l1b: return UInt32(separate | CPX_NEW_USER)
        case .l3: return 0
        }
    }

    var hasUserNamespace: Bool { namespaces & UInt32(CPX_NEW_USER) != 0 }
    var hasProcessNamespace: Bool { namespaces & UInt32(CPX_NEW_PROCESSES) != 0 }
    /// Whether a dyno can neither signal nor read processes of its user that are not its own.
    var keepsToItsProcesses: Bool { hasProcessNamespace || cpx_can_keep_signals_inside() != 0 }
    /// Whether /app is an overlay over the slug's layers; else it is a copy of them.
    var hasOverlay: Bool { self == .l0 || self == .l1 || self == .l1b }
}

extension LaunchPlan {
    /// Where the dyno has a user namespace, its own network belongs to that.
    var namespaces: UInt32 {
        network.isOwn && level.hasUserNamespace ? level.namespaces | UInt32(CPX_NEW_NETWORK) : level.namespaces
    }
}

/// Which ids of the machine a user namespace has.
enum IDMapping {
    /// Writes the maps of `process`, which waits in its new user namespace.
    ///
    /// An id stands for itself, so that `exec` takes the capabilities away without further doing. Root maps itself and
    /// the app's own id.
    static func write(for process: Int32, plan: LaunchPlan, asRoot: Bool, ownUser: UInt32, ownGroup: UInt32)
        throws(PosixError)
    {
        let folder = "/proc/\(process)"
        if !asRoot { try put("deny", into: "\(folder)/setgroups") }
        try put(map(ownUser, asRoot ? plan.userID : ownUser), into: "\(folder)/uid_map")
        try put(map(ownGroup, asRoot ? plan.groupID : ownGroup), into: "\(folder)/gid_map")
    }

    private static func map(_ own: UInt32, _ app: UInt32) -> String {
        own == app ? "\(own) \(own) 1\n" : "\(own) \(own) 1\n\(app) \(app) 1\n"
    }

    private static func put(_ text: String, into path: String) throws(PosixError) {
        // The kernel takes a map in one write only.
        try Descriptor(opening: path, O_WRONLY).writeAll(Array(text.utf8))
    }
}
