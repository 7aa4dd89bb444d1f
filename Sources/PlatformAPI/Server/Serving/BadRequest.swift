internal import Model
internal import Platform

/// A request that is not of the API's form, or asks for what only the door knows.
enum BadRequest: Explained {
    case body(DecodingError)
    case noSuchEndpoint(String)
    case noSuch(resource: String, String)
    case version(String)
    case range(String)
    case source(String)
    case changedMeanwhile
    case token
    case foreignPage(String)
    case notTheOwner

    var explanation: Explanation {
        switch self {
        case .body(let error):
            Explanation("The request's body can't be read", because: Self.reason(error), id: .badRequest)
        case .noSuchEndpoint(let endpoint):
            Explanation("The requested API endpoint was not found: \(endpoint)", id: .notFound)
        case .noSuch(let resource, let name):
            Explanation("Couldn't find that \(resource) (\(name)).", id: .notFound)
        case .version(let version):
            Explanation(
                "Version \(version.isEmpty ? "of the API" : "“\(version)” of the API") is not served",
                because: "The header Accept has to name version 3.",
                mend: ["Accept: application/vnd.heroku+json; version=3"], id: .notAcceptable)
        case .range(let range):
            Explanation(
                "Couldn't find that range (\(range)).", mend: ["Range: id ..; max=200"], id: .rangeNotSatisfiable)
        case .source(let source):
            Explanation(
                "Couldn't find that log source (\(source)).", because: "There are app and heroku.",
                mend: ["paas logs --source app"], id: .invalidParams)
        case .changedMeanwhile:
            Explanation(
                "Nothing was changed", because: "It is no longer what the header If-Match names.",
                id: .preconditionFailed)
        case .token:
            Explanation(
                "Invalid credentials provided.", mend: ["curl -H \"Authorization: Bearer $(paas auth:token)\" …"],
                id: .unauthorized)
        case .foreignPage(let origin):
            Explanation("Requests from web pages are refused", because: "This one came from \(origin).", id: .forbidden)
        case .notTheOwner: Explanation("This socket serves its owner only", id: .forbidden)
        }
    }

    /// Where the body is wrong; nothing of what it holds, which may be a secret.
    private static func reason(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            var text = ""
            for key in path + [last].compactMap(\.self) {
                text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
            }
            return text.isEmpty ? "It" : "`\(text)`"
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context.codingPath, key)) is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context.codingPath)) is of another kind than this endpoint takes."
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(place(context.codingPath)) has a value that can't be used."
        case .dataCorrupted: return "It is no JSON."
        @unknown default: return "It has another shape than this endpoint takes."
        }
    }
}

extension PlatformError {
    /// What the API calls the thing that is not there: v3's `resource` beside `not_found`.
    var missingResource: String? {
        switch self {
        case .noSuchApp: "app"
        case .noSuchRelease: "release"
        case .noSuchProcessType, .noFormation: "formation"
        case .noSuchDyno: "dyno"
        case .noSuchFeature: "app_feature"
        case .noSuchBuild: "build"
        case .noSuchDomain: "domain"
        case .noSuchCertificate: "sni_endpoint"
        case .nameTaken, .dynoNotRunning, .tooManyOneOffs, .nothingDeployed, .nothingToRollBackTo, .noReleaseCommand,
            .badQuantity, .unknownSize, .tooMany, .mixedSizes, .resizeFailed, .bootFailed, .restartFailed,
            .releaseCommandFailed, .startFailed, .dynoHoursUsedUp, .badSleepTime, .diskFull, .slugTooLarge,
            .notCovered, .domainIsThere, .domainTaken, .ownDomain, .noAutomaticCertificates:
            nil
        }
    }
}
