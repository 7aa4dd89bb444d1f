internal import Model

/// How a reader of a log session wants its lines. Source: platform-api.md §2.1.
struct LogLineForm: Sendable {
    let contentType: String
    private let isEvents: Bool
    private var count = 0

    /// Lines of text, unless a client says that it reads server-sent events, as Heroku's own CLI does.
    init(accept: String?) {
        isEvents = (accept ?? "").lowercased().contains("text/event-stream")
        contentType = isEvents ? "text/event-stream" : "text/plain; charset=utf-8"
    }

    mutating func bytes(of lines: [LogLine]) -> [UInt8] {
        guard isEvents else { return lines.flatMap(\.formatted) }
        return lines.flatMap { line in
            count += 1
            // A carriage return ends a line of an event, too.
            let text = line.formatted.filter { $0 != UInt8(ascii: "\r") }
            return Array("id: \(count)\ndata: ".utf8) + text + [UInt8(ascii: "\n")]
        }
    }
}
