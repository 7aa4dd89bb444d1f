import Console
import Posix

/// A daemon that takes connections and answers none: what to say of it.
enum HangingDaemon {
    static var failure: Failure {
        Failure(
            "The platform does not answer.\n\(fact)",
            mend: ["paas down --force", "paas up  # starts it and your apps again"])
    }

    private static var fact: String {
        guard let home = try? PlatformHome.current(), let pid = DaemonStarter(home: home).daemonProcess else {
            return "Its daemon takes connections, but says nothing."
        }
        return isStopped(pid)
            ? "Its daemon (pid \(pid)) has been stopped by a signal; kill -CONT \(pid) lets it go on."
            : "Its daemon (pid \(pid)) runs, but has said nothing for a while."
    }

    /// Whether a SIGSTOP, or a debugger, holds the process. Source: proc(5), "state".
    private static func isStopped(_ pid: Int32) -> Bool {
        guard let text = try? FileTree.readText("/proc/\(pid)/stat"), let name = text.lastIndex(of: ")") else {
            return false
        }
        return text[name...].dropFirst(2).first.map { "Tt".contains($0) } ?? false
    }
}
