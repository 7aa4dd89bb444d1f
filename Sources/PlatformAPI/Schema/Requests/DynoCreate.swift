/// Body of `POST /apps/{app}/dynos`: a one-off dyno.
package struct DynoCreate: Codable, Sendable, Equatable {
    package var command: String
    /// Somebody will attach to it; otherwise its output goes to the log.
    package var attach: Bool?
    package var env: [String: String]?
    /// Pipes instead of a terminal.
    package var forceNoTty: Bool?
    package var size: String?
    /// A process type of the formation; `run` when absent.
    package var type: String?
    /// Seconds after which it is stopped.
    package var timeToLive: Int?

    package init(
        command: String, attach: Bool? = nil, env: [String: String]? = nil, forceNoTty: Bool? = nil,
        size: String? = nil, type: String? = nil, timeToLive: Int? = nil
    ) {
        self.command = command
        self.attach = attach
        self.env = env
        self.forceNoTty = forceNoTty
        self.size = size
        self.type = type
        self.timeToLive = timeToLive
    }

    private enum CodingKeys: String, CodingKey {
        case command, attach, env, size, type
        case forceNoTty = "force_no_tty"
        case timeToLive = "time_to_live"
    }
}
