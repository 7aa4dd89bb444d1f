internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Commands beside the dyno's own: forked here, they are where the dyno is, with no more rights than it has.
extension DynoInit {
    /// Starts one; how it ends is told by its number.
    mutating func execute(_ number: UInt32, _ bytes: [UInt8]) {
        guard let execution = try? DynoExecution(decoding: bytes) else {
            return tell(.notExecuted(number: number, LaunchFailure(step: "understand the shim", code: 0)))
        }
        do { try start(execution, number) } catch { tell(.notExecuted(number: number, error)) }
    }

    private mutating func start(_ execution: DynoExecution, _ number: UInt32) throws(LaunchFailure) {
        var ends: [Int32] = []
        var mainEnd: Int32?
        defer { for end in Set(ends + [mainEnd ?? -1]) where end >= 0 { close(end) } }
        let isTerminal: Bool
        if case .terminal(let rows, let columns) = execution.streams {
            isTerminal = true
            let terminal = try openTerminal(rows: rows, columns: columns)
            mainEnd = terminal.main
            ends = [terminal.dyno, terminal.dyno]
        } else {
            isTerminal = false
            guard received.count >= 2 else { throw LaunchFailure(step: "take over the streams", code: 0) }
            ends = Array(received.prefix(2))
            received.removeFirst(2)
        }
        var plan = plan
        plan.command = execution.command
        plan.environment.merge(execution.environment) { $1 }
        let payload = Payload(
            plan: plan, folder: folder, input: ends[0], output: ends[1], isTerminal: isTerminal, isQuiet: true)
        executions[try spawn(payload)] = number
        tell(.executing(number: number, hasTerminal: isTerminal), with: mainEnd)
    }

    func signalExecution(_ number: UInt32, _ signal: Int32) {
        // Each leads a session and a group of its own.
        for (process, running) in executions where running == number { kill(-process, signal) }
    }

    /// Before a stop: shells at a terminal pass SIGTERM over, and would hold up the dyno for the whole grace.
    func hangUpExecutions() {
        for process in executions.keys {
            kill(-process, SIGHUP)
            kill(-process, SIGCONT)
        }
    }
}
