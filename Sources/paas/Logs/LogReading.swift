import APIClient
import APISchema
import Console
import Posix

/// Shows an app's log until it ends, or for as long as somebody reads.
struct LogReading {
    let platform: PlatformClient
    let terminal: Terminal
    let hasColours: Bool

    static func wantsColours(_ invocation: Invocation, _ stream: Stream) -> Bool {
        if invocation.has(Flag("no-color", help: "")) || Environment["PAAS_LOGS_COLOR"] == "0" { return false }
        return stream.hasColours || invocation.has(Flag("force-colors", help: ""))
    }

    func show(_ app: AppResource, _ request: LogSessionCreate) async throws {
        let session = try await platform.createLogSession(for: app.id, request)
        var colours = LogColours()
        for try await line in LineStream(try await platform.stream(session.logplexURL)) {
            let shown = terminal.output.isTerminal ? ControlBytes.removed(from: line) : line
            guard hasColours else {
                terminal.output.write(shown + [0x0A])
                continue
            }
            terminal.print(colours.coloured(String(decoding: shown, as: UTF8.self)))
        }
    }
}
