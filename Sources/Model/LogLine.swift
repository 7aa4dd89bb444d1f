/// One line of an app's log. Source: heroku-platform.md §12.
package struct LogLine: Sendable, Equatable {
    /// Whose voice it is: the app's own, or the platform's.
    package enum Source: String, Sendable { case app, heroku }

    package let time: Timestamp
    package let source: Source
    /// `web.1`, `router`, `api`.
    package let process: String
    /// Without the newline; at most 10,000 bytes; not necessarily UTF-8.
    package let message: [UInt8]

    package init(time: Timestamp, source: Source, process: String, message: [UInt8]) {
        self.time = time
        self.source = source
        self.process = process
        self.message = message
    }

    package init(time: Timestamp, source: Source, process: String, _ message: String) {
        self.init(time: time, source: source, process: process, message: Array(message.utf8))
    }

    /// The longest message; longer lines are split, as Logplex does.
    package static let limitBytes = 10_000

    /// `2026-01-02T03:04:05.123456+00:00 app[web.1]: Listening` and a newline.
    package var formatted: [UInt8] {
        var bytes = Array("\(time.iso8601Microseconds) \(source.rawValue)[\(process)]: ".utf8)
        bytes.append(contentsOf: message)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

/// Which lines of an app's log somebody wants; the filter is applied first, then the count.
package struct LogFilter: Sendable, Equatable {
    package var source: LogLine.Source?
    /// `web.1`, or `web` for every number.
    package var process: String?

    package init(source: LogLine.Source? = nil, process: String? = nil) {
        self.source = source
        self.process = process
    }

    package func accepts(source: LogLine.Source, process: String) -> Bool {
        if let wanted = self.source, wanted != source { return false }
        guard let wanted = self.process else { return true }
        return process == wanted || process.hasPrefix(wanted + ".")
    }
}
