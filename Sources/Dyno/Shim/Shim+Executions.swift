internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Commands beside the dyno's own. The dyno's first process starts them, so that they are in all of its namespaces
/// and limits; a connection belongs to one of them.
extension Shim {
    func execute(_ bytes: [UInt8], for client: ShimClient) {
        guard isLiving, client.execution == nil else {
            return client.tell(.notExecuted(LaunchFailure(step: "the dyno is ending", code: 0)))
        }
        do {
            let execution = try DynoExecution(decoding: bytes)
            lastExecution += 1
            let streams = try DynoStreams(execution.streams, owner: plan)
            let ends = [streams.dynoInput.raw, streams.dynoOutput.raw].filter { $0 >= 0 }
            let order = InitOrder.execute(number: lastExecution, plan: bytes).frame.bytes
            if ends.isEmpty {
                try dyno.control.writeAll(order)
            } else {
                try UnixSocket.send(order, descriptors: ends, over: dyno.control)
            }
            client.execution = ShimExecution(number: lastExecution, input: streams.input, output: streams.output)
        } catch {
            client.tell(.notExecuted(LaunchFailure(step: "ask the dyno's first process: \(error)", code: 0)))
        }
    }

    /// - Parameter terminal: the main end, when it has one.
    func hasStarted(execution number: UInt32, terminal: Int32?) {
        guard let client = client(of: number), let execution = client.execution else {
            if let terminal { close(terminal) }
            return
        }
        if let terminal {
            _ = fcntl(terminal, F_SETFL, O_RDWR | O_NONBLOCK)
            execution.output = Descriptor(owning: terminal)
            if let second = try? execution.output.duplicate().release() { execution.input = Descriptor(owning: second) }
        }
        client.tell(.executing)
    }

    func hasFailed(execution number: UInt32, _ failure: LaunchFailure) {
        guard let client = client(of: number), let execution = client.execution else { return }
        execution.hasFinished = true
        client.tell(.notExecuted(failure))
    }

    func hasEnded(execution number: UInt32, _ ending: Ending) {
        guard let execution = client(of: number)?.execution else { return }
        execution.ending = ending
        execution.drainUntil = Moment.monotonicNanoseconds + 200_000_000
    }

    private func client(of number: UInt32) -> ShimClient? { clients.first { $0.execution?.number == number } }

    // MARK: The loop's part

    func serve(_ execution: ShimExecution, of client: ShimClient, _ request: ShimRequest) {
        switch request {
        case .input(let bytes):
            client.add(input: bytes)
            if execution.input.raw < 0 || execution.closesInput { client.took(bytes.count) }
        case .closeInput:
            execution.closesInput = true
            if client.input.isEmpty { execution.closeInput(of: client) }
        case .resize(let rows, let columns): _ = cpx_resize_terminal(execution.output.raw, Int32(rows), Int32(columns))
        case .signal(let number):
            if (1...64).contains(number) { dyno.order(.signalExecution(number: execution.number, signal: number)) }
        case .hasRead(let position): client.hasRead = position
        case .hello, .launch, .prepare, .become, .stop, .release, .execute: break
        }
    }

    func writeInput(of client: ShimClient) {
        guard let execution = client.execution, !client.input.isEmpty else { return }
        let count = client.input.withUnsafeBytes { write(execution.input.raw, $0.baseAddress, $0.count) }
        if count >= 0 {
            client.took(count)
        } else if errno != EAGAIN, errno != EINTR {
            return execution.closeInput(of: client)
        }
        if execution.closesInput, client.input.isEmpty { execution.closeInput(of: client) }
    }

    /// Tells how those went whose output is complete.
    func finishExecutions(now: UInt64) {
        for client in clients {
            guard let execution = client.execution, let ending = execution.ending, !execution.hasFinished,
                execution.output.raw < 0 || now >= execution.drainUntil ?? 0
            else { continue }
            execution.readOutput(for: client)
            execution.finish()
            client.tell(.executionEnded(ending))
        }
    }

    /// The dyno has gone, and everything in it.
    func endExecutions() {
        for execution in clients.compactMap(\.execution) where execution.ending == nil {
            execution.ending = .signal(SIGKILL)
            execution.drainUntil = 0
        }
        finishExecutions(now: .max)
    }

    func hangUpLostExecutions() {
        for client in clients where !client.isOpen {
            guard let execution = client.execution, execution.ending == nil else { continue }
            dyno.order(.signalExecution(number: execution.number, signal: SIGHUP))
        }
    }
}
