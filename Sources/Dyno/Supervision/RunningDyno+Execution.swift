package import Model
internal import Posix

extension RunningDyno {
    /// Runs a command beside the dyno's own, in its sandbox. It ends with the dyno, and gets a SIGHUP when the
    /// attachment goes.
    ///
    /// - Throws: ``DynoExecutionFailure``.
    package func execute(_ execution: DynoExecution) async throws -> DynoAttachment {
        let own: ShimLink
        do { own = try await newLink() } catch { throw DynoExecutionFailure.hasEnded(name) }
        let greeting = await own.news { $0.version != nil }
        guard let version = greeting.version else { throw DynoExecutionFailure.hasEnded(name) }
        guard version >= ShimRequest.firstWithExecutions else {
            own.close()
            throw DynoExecutionFailure.olderShim(name)
        }
        try await own.send(.execute(plan: execution.encoded))
        let news = await own.news { $0.execution.hasStarted || $0.execution.failure != nil }
        guard news.execution.hasStarted else {
            own.close()
            throw news.execution.failure.map { DynoExecutionFailure.notStarted(name, reason: $0.description) }
                ?? DynoExecutionFailure.hasEnded(name)
        }
        return DynoAttachment(execution: own)
    }
}

/// Why a command could not be run beside a dyno's own.
package enum DynoExecutionFailure: Explained {
    /// The shim is of an earlier version of paas, which has no such thing.
    case olderShim(DynoName)
    case notStarted(DynoName, reason: String)
    case hasEnded(DynoName)

    package var explanation: Explanation {
        switch self {
        case .olderShim(let name):
            Explanation(
                "Couldn't run a command in \(name)",
                because: "It was started by an earlier version of paas; a dyno that is started anew can do it.",
                mend: ["paas ps:restart --dyno-name \(name)"], id: .conflict)
        case .notStarted(let name, let reason):
            Explanation("Couldn't run a command in \(name)", because: "\(reason).", mend: ["paas ps"], id: .conflict)
        case .hasEnded(let name):
            Explanation(
                "Couldn't run a command in \(name)", because: "It has just ended.", mend: ["paas ps"], id: .conflict)
        }
    }
}
