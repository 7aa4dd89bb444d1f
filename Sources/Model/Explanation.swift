/// What a person reads when something they asked for could not be done:
/// what failed, why, and what to type next.
package struct Explanation: Sendable, Equatable {
    /// One clause in the user's own terms, without a full stop: "Couldn't scale web to 3".
    package var what: String
    /// The fact that stood in the way, with the values that matter; empty when `what` says it all.
    package var why: String
    /// Steps that mend it, best first; each is a command or one short sentence.
    package var mend: [String]
    /// The API's error id (`not_found`, `invalid_params`, …) and so its HTTP status.
    package var id: ErrorID

    package init(_ what: String, because why: String = "", mend: [String] = [], id: ErrorID = .invalidParams) {
        self.what = what
        self.why = why
        self.mend = mend
        self.id = id
    }

    /// What and why in one line: "Couldn't scale web to 3: …".
    package var sentence: String {
        guard !why.isEmpty else { return what }
        return what.hasSuffix(".") ? "\(what) \(why)" : "\(what): \(why)"
    }
}

/// An error that can be shown to a person as it is.
package protocol Explained: Error {
    var explanation: Explanation { get }
}

/// The Platform API's error ids. Source: platform-api.md, "Errors".
package enum ErrorID: String, Sendable, CaseIterable {
    case badRequest = "bad_request"
    case unauthorized
    case forbidden
    case notFound = "not_found"
    case notAcceptable = "not_acceptable"
    case conflict
    case preconditionFailed = "precondition_failed"
    case invalidParams = "invalid_params"
    case requestTooLarge = "request_too_large"
    case rangeNotSatisfiable = "requested_range_not_satisfiable"
    case internalError = "internal_server_error"
    case unavailable = "service_unavailable"

    package var httpStatus: Int {
        switch self {
        case .badRequest: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound: 404
        case .notAcceptable: 406
        case .conflict: 409
        case .preconditionFailed: 412
        case .requestTooLarge: 413
        case .rangeNotSatisfiable: 416
        case .invalidParams: 422
        case .internalError: 500
        case .unavailable: 503
        }
    }
}
