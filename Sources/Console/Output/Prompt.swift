internal import Posix

extension Terminal {
    /// Asks for a line. The question goes to standard error.
    ///
    /// - Parameter isSecret: what is typed is not shown.
    /// - Returns: `nil` at the end of the input.
    package func ask(_ question: String, isSecret: Bool = false) -> String? {
        errors.write(question)
        if isSecret { TerminalDevice.setEcho(0, false) }
        defer {
            if isSecret {
                TerminalDevice.setEcho(0, true)
                errors.write("\n")
            }
        }
        var bytes: [UInt8] = []
        while let byte = try? StandardStream.read(0, atMost: 1).first {  // An unreadable input has ended.
            if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// `QUESTION (Y/n)`, or `(y/N)`.
    package func confirm(_ question: String, defaultsToYes: Bool) -> Bool {
        guard let answer = ask("\(question) (\(defaultsToYes ? "Y/n" : "y/N")) ") else { return false }
        return answer.isEmpty ? defaultsToYes : answer.lowercased().hasPrefix("y")
    }

    /// Makes sure that a person means this app before something is lost. Source: heroku-cli.md §1.7.
    ///
    /// - Parameters:
    ///   - confirmation: what `--confirm` said.
    ///   - warning: replaces the two lines about the app.
    /// - Throws: ``Failure`` when the answer is not the name, or nobody can be asked.
    package func confirmDestruction(of app: String, confirmation: String?, warning: String? = nil) throws(Failure) {
        if let confirmation {
            guard confirmation == app else {
                throw Failure("Confirmation \(confirmation) did not match \(app). Aborted.")
            }
            return
        }
        warn("Destructive Action\n\(warning ?? "This command will affect the app \(app)")")
        errors.write("\n")
        let question = "? To proceed, type \(app) or re-run this command with --confirm \(app) "
        guard canAsk else {
            throw Failure("Nobody is here to confirm.", mend: ["Add --confirm \(app)"])
        }
        while true {
            guard let answer = ask(question) else { throw Failure("Cancelled. Aborted.") }
            if answer.isEmpty {
                note("This field is required")
                continue
            }
            guard answer == app else { throw Failure("Confirmation did not match \(app). Aborted.") }
            return
        }
    }
}
