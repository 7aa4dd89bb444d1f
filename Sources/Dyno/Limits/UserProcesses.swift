internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

extension LaunchPlan {
    /// How many processes the dyno's user may have; `nil` where a control group keeps count.
    ///
    /// The kernel counts for each user and user namespace. With a namespace of its own, that is this dyno. Else it is
    /// all of the app's dynos, or, for an ordinary user at L3, all that this user runs.
    var userProcessLimit: UInt64? {
        guard quota.processes > 0 else { return nil }
        let own = UInt64(quota.processes)
        if level.hasUserNamespace { return own }
        guard groups.processes == nil else { return nil }
        return geteuid() == 0 ? own * Self.dynosOfAnApp : Self.threads(of: geteuid()) + own
    }

    /// So many full dynos of one app may run where only its user can be counted.
    private static let dynosOfAnApp: UInt64 = 16

    private static func threads(of user: uid_t) -> UInt64 {
        ((try? FileTree.names(in: "/proc")) ?? []).reduce(0) { sum, name in
            var info = stat()
            guard Int32(name) != nil, stat("/proc/\(name)", &info) == 0, info.st_uid == user else { return sum }
            let text = (try? FileTree.readText("/proc/\(name)/stat", limit: 4096)) ?? ""
            guard let close = text.lastIndex(of: ")") else { return sum }
            // Field 20, counted from the state, which is field 3. Source: proc(5).
            let fields = text[close...].split(separator: " ").dropFirst()
            return sum + (fields.dropFirst(17).first.flatMap { UInt64($0) } ?? 1)
        }
    }
}
