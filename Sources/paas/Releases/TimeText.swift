import Model
import Posix

/// `2026/01/02 03:04:05 +0000 (~ 4m ago)`. Source: heroku-cli.md §1.6.
enum TimeText {
    /// - Parameter moment: an API timestamp; what is none is shown as it is.
    static func ago(_ moment: String, now: Timestamp = Timestamp(microseconds: Moment.realtimeMicroseconds)) -> String {
        guard let time = Timestamp(iso8601: moment) else { return moment }
        let seconds = max(0, now.since(time).components.seconds)
        let suffix =
            switch seconds {
            case ..<60: " (~ \(seconds)s ago)"
            case ..<3600: " (~ \(seconds / 60)m ago)"
            case ..<90_000: " (~ \(seconds / 3600)h ago)"
            default: ""
            }
        return time.console + suffix
    }

    /// The same without how long ago it was, for what is to come.
    static func console(_ moment: String) -> String { Timestamp(iso8601: moment)?.console ?? moment }

    /// `1h 2m`, `2m 3s`, `9s`.
    static func duration(from start: String, to end: String) -> String {
        guard let start = Timestamp(iso8601: start), let end = Timestamp(iso8601: end) else { return "" }
        let seconds = max(0, end.since(start).components.seconds)
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m \(seconds % 60)s"
        default: "\(seconds / 3600)h \(seconds / 60 % 60)m"
        }
    }
}
