package import Model

/// Why the router does not run.
package enum RouterFailure: Explained, Equatable {
    case foreignSocket(path: String)
    case didNotStart(program: String, logFile: String)

    package var explanation: Explanation {
        switch self {
        case .foreignSocket(let path):
            Explanation(
                "Couldn't talk to the router", because: "\(path) belongs to another user.", id: .internalError)
        case .didNotStart(let program, let logFile):
            Explanation(
                "Couldn't start the router", because: "\(program) ended before it answered.",
                mend: ["cat \(logFile)"], id: .internalError)
        }
    }
}
