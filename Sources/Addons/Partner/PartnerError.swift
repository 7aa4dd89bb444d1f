package import Model

/// What went wrong with somebody else's service.
package enum PartnerError: Explained, Equatable {
    case unreachable(String, String, String)
    /// It was reached, and nobody knows what it did.
    case noAnswer(String, String, String)
    /// In its own words.
    case refused(String, String)
    case status(String, Int, String)
    case garbage(String, String)
    case foreignConfigVar(String, String, allowed: [String])

    /// Whether the provider has made nothing: there is nothing to take back.
    package var hasMadeNothing: Bool {
        switch self {
        case .unreachable, .refused: true
        case .status(_, let status, _): (400..<500).contains(status) && status != 408
        case .noAnswer, .garbage, .foreignConfigVar: false
        }
    }

    package var explanation: Explanation {
        switch self {
        case .unreachable(let service, let url, let reason):
            Explanation(
                "\(service) can't be reached", because: "Nobody answers at \(url): \(reason).",
                mend: ["Try again when it runs", "paas addons:provider"], id: .unavailable)
        case .noAnswer(let service, let url, let reason):
            Explanation(
                "\(service) gave no answer", because: "It was asked at \(url): \(reason).",
                mend: ["Try again: the same call does no harm"], id: .unavailable)
        // It is meant for whoever asked. Source: "Add-on Partner API Reference", "Exceptions".
        case .refused(_, let message): Explanation(message)
        case .status(let service, let status, let message):
            Explanation(
                "\(service) refused",
                because: "It answered with \(status)\(Self.meaning(status))\(message.isEmpty ? "" : ": \(message)").",
                id: .unavailable)
        case .garbage(let service, let reason):
            Explanation(
                "\(service)'s answer can't be used", because: "\(reason.prefix(1).uppercased() + reason.dropFirst()).",
                mend: ["https://devcenter.heroku.com/articles/add-on-partner-api-reference  # what it has to be"],
                id: .unavailable)
        case .foreignConfigVar(let service, let name, let allowed):
            Explanation(
                "\(service) may not set \(name)",
                because: "Its manifest has \(allowed.joined(separator: ", ")) in api.config_vars.",
                mend: ["paas addons:provider:add MANIFEST.json  # once it lists that too"])
        }
    }

    private static func meaning(_ status: Int) -> String {
        switch status {
        case 401, 403: ", so it knows another password than the manifest's"
        case 404, 410: ", so it does not know what it was asked for"
        case 429, 503: ", so it can't do it now"
        default: ""
        }
    }
}
