import Console
import Posix

/// The folder that holds everything of one platform. Two homes never meet.
struct PlatformHome: Sendable, Equatable {
    let path: String

    /// `PAAS_HOME`, else the XDG data folder's `paas`.
    static func current() throws(Failure) -> PlatformHome {
        if let home = Environment.nonEmpty("PAAS_HOME") { return PlatformHome(path: try absolute(home)) }
        if let data = Environment.nonEmpty("XDG_DATA_HOME"), data.hasPrefix("/") {
            return PlatformHome(path: "\(data)/paas")
        }
        guard let home = Environment.nonEmpty("HOME") else {
            throw Failure("Neither PAAS_HOME nor HOME is set, so there is no place for the platform.")
        }
        return PlatformHome(path: "\(home)/.local/share/paas")
    }

    var socket: String { "\(path)/run/api.sock" }
    /// Held by the daemon as long as it lives.
    var lock: String { "\(path)/run/daemon.lock" }
    /// Where the router takes the daemon's orders.
    var routerSocket: String { "\(path)/run/router.sock" }
    var log: String { "\(path)/paasd.log" }

    /// The app whose bare repository a Git URL is; `nil` when it is none of this home.
    func appID(ofRepository url: String) -> String? {
        let file = url.hasPrefix("file://") ? String(url.dropFirst(7)) : url
        guard file.hasPrefix("/"), let slash = file.lastIndex(of: "/"), file.hasSuffix(".git") else { return nil }
        let folder = String(file[..<slash])
        let ours = "\(path)/git"
        guard folder == ours || Environment.realPath(folder).map({ $0 == Environment.realPath(ours) }) ?? false else {
            return nil
        }
        return String(file[file.index(after: slash)...].dropLast(4))
    }

    private static func absolute(_ path: String) throws(Failure) -> String {
        var full = path
        if !path.hasPrefix("/") {
            guard let folder = Environment.folder else {
                throw Failure(
                    "PAAS_HOME=\(path) is no absolute path, and the folder that you stand in is gone.",
                    mend: ["cd", "Set PAAS_HOME to an absolute path"])
            }
            full = folder == "/" ? "/\(path)" : "\(folder)/\(path)"
        }
        // SQLite opens paths of at most 512 bytes.
        guard full.utf8.count <= 480 else {
            throw Failure(
                "PAAS_HOME is a path of \(full.utf8.count) bytes, and 480 is the most that the database can be opened by.",
                mend: ["Set PAAS_HOME to a shorter path"])
        }
        return full.count > 1 && full.hasSuffix("/") ? String(full.dropLast()) : full
    }
}
