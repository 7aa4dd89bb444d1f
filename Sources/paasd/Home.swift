internal import Posix

/// The folders of a platform, each written by one room. Directories 0700, files 0600.
struct Home {
    let path: String

    var database: String { "\(path)/platform.db" }
    var git: String { "\(path)/git" }
    var slugs: String { "\(path)/slugs" }
    /// Trees of builds that are under way.
    var builds: String { "\(path)/builds" }
    var logs: String { "\(path)/logs" }
    var tls: String { "\(path)/tls" }
    var addons: String { "\(path)/addons" }
    var run: String { "\(path)/run" }
    var lock: String { "\(path)/run/daemon.lock" }
    var apiSocket: String { "\(path)/run/api.sock" }
    var routedSocket: String { "\(path)/run/api-routed.sock" }
    var routerSocket: String { "\(path)/run/router.sock" }
    var routerLog: String { "\(path)/router.log" }
    /// Where the CLI leads this program's standard error.
    var diary: String { "\(path)/paasd.log" }
    var record: String { "\(path)/daemon.json" }

    func make() throws(PosixError) {
        for folder in [path, git, slugs, logs, addons, run] { try FileTree.makeFolder(folder) }
    }
}
