/// Body of `POST /apps/{app}/log-sessions`.
package struct LogSessionCreate: Codable, Sendable, Equatable {
    /// At most so many of the past; 100 when absent.
    package var lines: Int?
    /// `app` or `heroku`.
    package var source: String?
    /// `web.1`, or `web` for every number; the CLI's older name of ``dynoName``.
    package var dyno: String?
    package var dynoName: String?
    package var type: String?
    /// Go on with new lines until the client hangs up.
    package var tail: Bool?

    package init(
        lines: Int? = nil, source: String? = nil, dyno: String? = nil, dynoName: String? = nil, type: String? = nil,
        tail: Bool? = nil
    ) {
        self.lines = lines
        self.source = source
        self.dyno = dyno
        self.dynoName = dynoName
        self.type = type
        self.tail = tail
    }

    private enum CodingKeys: String, CodingKey {
        case lines, source, dyno, type, tail
        case dynoName = "dyno_name"
    }
}
