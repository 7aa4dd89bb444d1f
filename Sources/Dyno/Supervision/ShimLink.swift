internal import Model
internal import Posix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// The daemon's line to one shim, and what it has heard over it.
///
/// For a dyno whose shim is gone it is a line that ended long ago: everything there is to know stands in the run folder.
final class ShimLink: Sendable {
    struct News: Sendable {
        var shim: Int32?
        /// The protocol's version at the shim.
        var version: UInt16?
        var hasLaunched = false
        var bound: Endpoint?
        var failure: LaunchFailure?
        var portThief: PortThief?
        /// Up to where the shim has written output.
        var position: UInt64 = 0
        /// How it ended; always there once ``isClosed``, unless it could not be started.
        var record: ExitRecord?
        /// How much of what this line has sent as input the dyno has taken.
        var inputTaken: UInt64 = 0
        /// The command beside the dyno's own that this line is about.
        var execution = Execution()
        var isClosed = false
        /// Grows with every change.
        var generation = 0

        /// How what this line is about has ended: the command beside the dyno's own, or the dyno.
        var ending: Ending? { execution.ending ?? record?.ending }
    }

    struct Execution: Sendable {
        var hasStarted = false
        var failure: LaunchFailure?
        /// What it has written and nobody has taken; the shim sees that this does not grow beyond its window.
        var output: [UInt8] = []
        /// How much it has written altogether.
        var total: UInt64 = 0
        var ending: Ending?
    }

    private struct State {
        var news = News()
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var cancelled: Set<Int> = []
        /// Whether it was this side that closed the line.
        var isLeft = false
    }

    let folder: RunFolder
    private let socket: AsyncStreamSocket?
    private let state: Mutex<State>
    private let sending = Sender()

    /// - Parameter socket: connected to the shim. Somebody has to call ``run(whenLost:)``.
    init(folder: RunFolder, socket: AsyncStreamSocket) {
        self.folder = folder
        self.socket = socket
        state = Mutex(State())
    }

    /// A dyno whose shim is gone.
    init(folder: RunFolder, record: ExitRecord) {
        self.folder = folder
        socket = nil
        var state = State()
        state.news.record = record
        state.news.isClosed = true
        self.state = Mutex(state)
    }

    var news: News { state.withLock { $0.news } }

    /// Listens until the shim closes the line.
    ///
    /// - Parameter whenLost: finds out what became of a dyno whose shim went without a word about its end.
    func run(whenLost: @Sendable () async -> ExitRecord?) async {
        guard let socket else { return }
        var decoder = FrameDecoder()
        do {
            while case let bytes = try await socket.read(), !bytes.isEmpty {
                decoder.append(bytes)
                while let frame = try decoder.next() {
                    if let report = try ShimReport(frame) { note(report) }
                }
            }
        } catch {
            // A line that breaks or carries nonsense is as good as closed; the run folder has the rest.
            socket.close()
        }
        let heard = news
        let isLost = heard.record == nil && heard.failure == nil && !state.withLock { $0.isLeft }
        let record = isLost ? await whenLost() : heard.record
        change { news in
            news.record = record
            news.isClosed = true
        }
    }

    /// What a command beside the dyno's own has written since the last call, and how much that makes altogether; `nil`
    /// when that is nothing.
    func takeExecutionOutput() -> (bytes: [UInt8], total: UInt64)? {
        state.withLock { state in
            guard !state.news.execution.output.isEmpty else { return nil }
            defer { state.news.execution.output = [] }
            return (state.news.execution.output, state.news.execution.total)
        }
    }

    /// Leaves the shim to itself.
    func close() {
        state.withLock { $0.isLeft = true }
        socket?.close()
    }

    /// - Throws: when the shim is gone.
    func send(_ request: ShimRequest) async throws {
        guard let socket else { throw PosixError(EPIPE, "write to the shim") }
        try await sending.send(request.frame.bytes, over: socket)
    }

    /// Returns when something has changed after that generation, or when the task is cancelled.
    func change(after generation: Int) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.news.generation == generation, state.cancelled.remove(number) == nil else {
                        return true
                    }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: number)
                if waiter == nil { state.cancelled.insert(number) }
                return waiter
            }
            waiter?.resume()
        }
        _ = state.withLock { $0.cancelled.remove(number) }
    }

    /// The first news that `isWanted` takes, or the last there are when the line closes or the task is cancelled.
    func news(where isWanted: (News) -> Bool) async -> News {
        while true {
            let now = news
            if isWanted(now) || now.isClosed || Task.isCancelled { return now }
            await change(after: now.generation)
        }
    }

    private func note(_ report: ShimReport) {
        change { news in
            switch report {
            case .hello(let version, let shim):
                news.shim = shim
                news.version = version
            case .launched: news.hasLaunched = true
            case .failed(let failure): news.failure = failure
            case .bound(let address, let port): news.bound = .tcp(address: address, port: port)
            case .boundInside(let address, let port):
                news.bound = .inside(door: RouterDoors.name(folder), address: address, port: port)
            case .output(let position): news.position = max(news.position, position)
            case .ended(let record): news.record = record
            case .tookInput(let total): news.inputTaken = total
            case .executing: news.execution.hasStarted = true
            case .notExecuted(let failure): news.execution.failure = failure
            case .executionOutput(let bytes):
                news.execution.output += bytes
                news.execution.total += UInt64(bytes.count)
            case .executionEnded(let ending): news.execution.ending = ending
            case .portTaken(let thief): news.portThief = thief
            }
        }
    }

    private func change(_ body: (inout News) -> Void) {
        let waiters = state.withLock { state in
            body(&state.news)
            state.news.generation += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// Keeps the frames of several tasks whole.
private actor Sender {
    private var isBusy = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    func send(_ bytes: [UInt8], over socket: AsyncStreamSocket) async throws {
        while isBusy { await withCheckedContinuation { queue.append($0) } }
        isBusy = true
        defer {
            isBusy = false
            if !queue.isEmpty { queue.removeFirst().resume() }
        }
        try await socket.write(bytes)
    }
}
