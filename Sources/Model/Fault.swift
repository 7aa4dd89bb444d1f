/// A router fault. Source: heroku-platform.md §11.1.
package enum RouterFault: String, Sendable, CaseIterable {
    case appCrashed = "H10"
    case backlogTooDeep = "H11"
    case requestTimeout = "H12"
    case connectionClosedWithoutResponse = "H13"
    case noWebProcesses = "H14"
    case idleConnection = "H15"
    case poorlyFormattedResponse = "H17"
    case serverRequestInterrupted = "H18"
    case backendConnectionTimeout = "H19"
    case appBootTimeout = "H20"
    case backendConnectionRefused = "H21"
    case forcedClose = "H24"
    case httpRestriction = "H25"
    case requestError = "H26"
    case clientRequestInterrupted = "H27"
    case clientConnectionIdle = "H28"
    case misdirectedRequest = "H31"
    case certificateMismatch = "H32"
    case maintenanceMode = "H80"
    case blankApp = "H81"
    case dynoHoursUsedUp = "H82"
    case platformError = "H99"

    /// The text of `desc="…"` in the access line.
    package var description: String {
        switch self {
        case .appCrashed: "App crashed"
        case .backlogTooDeep: "Backlog too deep"
        case .requestTimeout: "Request timeout"
        case .connectionClosedWithoutResponse: "Connection closed without response"
        case .noWebProcesses: "No web processes running"
        case .idleConnection: "Idle connection"
        case .poorlyFormattedResponse: "Poorly formatted HTTP response"
        case .serverRequestInterrupted: "Server Request Interrupted"
        case .backendConnectionTimeout: "Backend connection timeout"
        case .appBootTimeout: "App boot timeout"
        case .backendConnectionRefused: "Backend connection refused"
        case .forcedClose: "Forced close"
        case .httpRestriction: "HTTP restriction"
        case .requestError: "Request Error"
        case .clientRequestInterrupted: "Client Request Interrupted"
        case .clientConnectionIdle: "Client Connection Idle"
        case .misdirectedRequest: "Misdirected Request"
        case .certificateMismatch: "TLS Certificate Mismatch"
        case .maintenanceMode: "Maintenance mode"
        case .blankApp: "Blank app"
        case .dynoHoursUsedUp: "You've used up your dyno hour pool"
        case .platformError: "Platform error"
        }
    }

    /// The HTTP status the client gets (499 is only logged: the client has gone).
    package var status: Int {
        switch self {
        case .blankApp, .httpRestriction: 502
        case .requestError: 400
        case .clientRequestInterrupted, .clientConnectionIdle: 499
        case .misdirectedRequest: 421
        case .certificateMismatch: 495
        default: 503
        }
    }
}

/// A fault of a running dyno. Source: heroku-platform.md §11.2.
package enum RuntimeFault: String, Sendable {
    case bootTimeout = "R10"
    case exitTimeout = "R12"
    case attachError = "R13"
    case detached = "R16"
    case platformError = "R99"

    /// `Error R10 (Boot timeout) -> …`, the whole log line.
    package func line(seconds: Int) -> String {
        switch self {
        case .bootTimeout:
            "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within \(seconds) seconds of launch"
        case .exitTimeout:
            "Error R12 (Exit timeout) -> At least one process failed to exit within \(seconds) seconds of SIGTERM"
        case .attachError: "Error R13 (Attach error) -> Failed to attach to process"
        case .detached:
            "Error R16 (Detached) -> An attached process is not responding to SIGHUP after its external connection was"
                + " closed."
        case .platformError: "Error R99 (Platform error) -> Failed to launch the dyno within \(seconds) seconds"
        }
    }
}
