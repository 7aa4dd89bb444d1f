internal import Model
internal import Posix

/// The way to the dynos' doors for a router that is not root: `HOME/run/doors`, there when the router has a user of its
/// own, and its group's.
enum RouterDoors {
    /// - Parameter dyno: `HOME/run/dynos/<id>`.
    static func folder(above dyno: String) -> String {
        dyno.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/") + "/doors"
    }

    /// Lets the router's group cross `run` and no other folder in it.
    static func open(in run: String, for group: UInt32) throws(PosixError) {
        try FileTree.makeFolder("\(run)/doors")
        for folder in [run, "\(run)/doors"] { try FileTree.share(folder, with: group, crossing: true) }
    }

    /// Gives a dyno's door its second name.
    ///
    /// - Returns: where the router finds it; the first name where it may go there, or where the dyno has just ended.
    static func name(_ dyno: RunFolder) -> String {
        guard let group = FileTree.group(of: folder(above: dyno.path)) else { return dyno.door }
        do {
            try FileTree.share(dyno.door, with: group)
            try FileTree.link(dyno.door, as: dyno.routerDoor)
            return dyno.routerDoor
        } catch { return dyno.door }
    }
}
