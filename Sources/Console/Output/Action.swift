internal import Synchronization

/// What an action line says at its end.
package final class ActionStatus: Sendable {
    private let state = Mutex("done")

    /// Replaces `done`: `done, v10`.
    package func finish(_ text: String) { state.withLock { $0 = text } }

    var text: String { state.withLock { $0 } }
}

extension Terminal {
    /// Writes `TEXT...`, runs `body`, and ends the line with ` done`, what the body asked for, or ` !` when it threw.
    /// Source: heroku-cli.md §1.5.
    package func action<Value>(
        _ text: String, _ body: (ActionStatus) async throws -> Value
    ) async throws -> Value {
        errors.write("\(text)...")
        let status = ActionStatus()
        do {
            let value = try await body(status)
            errors.write(" \(status.text)\n")
            return value
        } catch {
            errors.write(" \(errors.styled("!", .red))\n")
            throw error
        }
    }
}
