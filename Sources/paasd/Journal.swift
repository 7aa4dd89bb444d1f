internal import Model
internal import Posix
internal import Synchronization

/// The daemon's diary for whoever runs it: a fixed event name that can be counted, and values; never a config var's.
///
/// It goes to standard error, which the CLI leads to `paasd.log` in the home.
enum Journal {
    private static let file = Mutex<DiaryFile?>(nil)

    /// From now on the diary is kept from growing without bound, when it goes to that file.
    static func keep(in path: String) { file.withLock { $0 = DiaryFile(path: path) } }

    enum Level: String { case info, warning, error }

    static func note(_ level: Level, _ event: String, _ values: [String: String] = [:]) {
        let now = Timestamp(microseconds: Moment.realtimeMicroseconds)
        let fields = values.sorted { $0.key < $1.key }.map { " \($0.key)=\"\($0.value)\"" }.joined()
        write("\(now.iso8601Microseconds) \(level.rawValue) \(event)\(fields)\n")
    }

    /// The reason why the daemon does not run.
    static func fatal(_ error: any Error) {
        guard let explanation = (error as? any Explained)?.explanation else {
            return note(.error, "daemon.failed", ["reason": "\(error)"])
        }
        write(([explanation.sentence] + explanation.mend.map { "    \($0)" }).joined(separator: "\n") + "\n")
    }

    private static func write(_ text: String) {
        file.withLock { file in
            let standardError = Descriptor(owning: 2)
            // A diary that cannot be written, or begun anew, must not end the daemon.
            try? file?.turn()
            try? standardError.writeAll(text.utf8)
            _ = standardError.release()
        }
    }
}
