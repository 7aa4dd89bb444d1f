import APIClient
import APISchema
import Console
import Model
import Posix

/// Says why a command failed, on standard error, and with which exit code it ends.
enum ErrorReport {
    static func show(_ error: any Error, on terminal: Terminal) -> Int32 {
        let failure = failure(for: error)
        terminal.errors.write(ErrorText.failure(failure, on: terminal.errors))
        return failure.exitCode
    }

    static func failure(for error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let failure as APIFailure: self.failure(for: failure)
        case is PlatformHangs: HangingDaemon.failure
        case let error as any Explained: self.failure(for: error.explanation)
        case is PlatformLost: lost
        case let error as PosixError: Failure(error.description)
        default: Failure("\(error)")
        }
    }

    private static let lost = Failure(
        "The platform's daemon ended before it answered. What you asked for may have been done, or not.",
        mend: [
            "paas releases  # or paas ps, paas apps: see how things stand", "Type it again where it has not been done",
        ])

    /// The API's message, its id, and its steps. Source: heroku-cli.md §1.3.
    private static func failure(for failure: APIFailure) -> Failure {
        var mend = failure.body.mend ?? []
        if failure.status == 401, mend.isEmpty { mend = ["paas login"] }
        // It may hold the words of an add-on's maker.
        let text = ControlBytes.shown(failure.body.message, keepingLines: true, keepingColours: false)
        var message = "\(text)\n\nError ID: \(failure.body.id)"
        if let url = failure.body.url { message += "\nSee \(url) for more information." }
        return Failure(message, mend: mend)
    }

    private static func failure(for explanation: Explanation) -> Failure {
        let message = explanation.why.isEmpty ? explanation.what : "\(explanation.what)\n\(explanation.why)"
        return Failure(message, mend: explanation.mend)
    }
}
