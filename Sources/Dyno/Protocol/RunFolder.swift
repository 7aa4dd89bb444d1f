/// The folder of one dyno and what lies in it: `HOME/run/dynos/<id>`, 0700.
struct RunFolder: Hashable, Sendable {
    let path: String

    /// Locked by the shim, and by nobody else for longer than a glance, as long as anything of the dyno lives.
    var lock: String { "\(path)/lock" }
    /// The shim listens here.
    var socket: String { "\(path)/s" }
    /// Who the dyno is: a ``DynoRecord``.
    var record: String { "\(path)/dyno" }
    /// An ``ExitRecord``.
    var exitFile: String { "\(path)/exit" }
    /// Segments of output: a ``Spool``.
    var spool: String { "\(path)/out" }
    /// Where the router gets sockets of the dyno's own network.
    var door: String { "\(path)/door" }
    /// The door's second name, for a router that has a user of its own: nothing else of the dyno is to be found there.
    /// `HOME/run/doors/<id>`
    var routerDoor: String { "\(RouterDoors.folder(above: path))/\(path.split(separator: "/").last ?? "")" }
    /// The process id of the dyno's `pasta`.
    var wayOut: String { "\(path)/pasta" }
    /// What it has written and nobody keeps: ``LostFiles``, when there is any.
    var lost: String { "\(path)/lost" }
    /// Where the new root is put together; empty outside the dyno's mount namespace.
    var root: String { "\(path)/root" }
    /// Everything that the dyno writes; thrown away when it ends.
    var scratch: String { "\(path)/scratch" }
    /// The control groups of the dyno, a folder a line; see ``ControlGroup``.
    var groups: String { "\(path)/groups" }
    /// What the dyno has written, told when the disk is almost full: bytes, and when that was.
    var usage: String { "\(path)/usage" }
    /// The app's files of a dyno that has no overlay: a copy.
    var copy: String { "\(scratch)/app" }
}
