/// Body of `POST /paas/v1/apps/{app}/dynos/{dyno}/exec`: a command beside a dyno's own.
package struct DynoExecute: Codable, Sendable, Equatable {
    package var command: String
    /// Added to the dyno's environment.
    package var env: [String: String]?
    /// Pipes instead of a terminal.
    package var forceNoTty: Bool?

    package init(command: String, env: [String: String]? = nil, forceNoTty: Bool? = nil) {
        self.command = command
        self.env = env
        self.forceNoTty = forceNoTty
    }

    private enum CodingKeys: String, CodingKey {
        case command, env
        case forceNoTty = "force_no_tty"
    }
}
