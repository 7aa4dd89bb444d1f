/// One line of the answer to a push or a retry: newline-delimited JSON, `{"output":"…"}` and at last
/// `{"result":"accepted"}` or `{"result":"refused"}`.
package enum PushEvent: Codable, Sendable, Equatable {
    /// Text for the person who pushes, with its newlines; to be shown at once.
    case output(String)
    /// The last event. Refused: the ref must not move.
    case result(Outcome)

    package enum Outcome: String, Codable, Sendable { case accepted, refused }

    private enum CodingKeys: String, CodingKey { case output, result }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let outcome = try container.decodeIfPresent(Outcome.self, forKey: .result) {
            self = .result(outcome)
        } else {
            self = .output(try container.decode(String.self, forKey: .output))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .output(let text): try container.encode(text, forKey: .output)
        case .result(let outcome): try container.encode(outcome, forKey: .result)
        }
    }

    /// The event as a line with its newline.
    package var line: [UInt8] { get throws { try WireJSON.encode(self) + [0x0A] } }
}
