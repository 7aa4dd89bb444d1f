internal import Posix

/// The processes of a dyno at one moment, and which of them hold which sockets.
struct DynoSockets {
    /// Every process, parents first, and the one that started it.
    var parents: [Int32: Int32] = [:]
    /// The inodes of all sockets, and who holds each.
    var holders: [UInt32: Set<Int32>] = [:]

    /// As /proc shows them now.
    static func below(_ root: Int32) -> DynoSockets {
        var sockets = DynoSockets()
        for process in ProcessTree.descendants(of: root) {
            sockets.parents[process] = ProcessTree.parent(of: process)
            for inode in ProcessTree.sockets(of: [process]) { sockets.holders[inode, default: []].insert(process) }
        }
        return sockets
    }

    func own(_ listeners: [Listener]) -> [Listener] { listeners.filter { holders[$0.inode] != nil } }

    /// The only process that can answer on these sockets; `nil` where there are several, or it has children, to
    /// which it may have left the answering.
    func soleHolder(of listeners: [Listener]) -> Int32? {
        let all = listeners.reduce(into: Set<Int32>()) { $0.formUnion(holders[$1.inode] ?? []) }
        guard all.count == 1, let only = all.first, !parents.values.contains(only) else { return nil }
        return only
    }
}
