import Posix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A client that asks for the same page every 10 ms, whatever happens to the app meanwhile.
package final class SteadyRequests: Sendable {
    /// What became of the requests.
    package struct Report: Sendable, CustomStringConvertible {
        /// How many answers of status 200 had each body.
        package var bodies: [String: Int] = [:]
        /// Everything else: another status, a cut-off answer, a refused connection.
        package var failures: [String] = []
        package var slowest: Duration = .zero

        package var answered: Int { bodies.values.reduce(0, +) }
        package var description: String {
            "\(answered) answered \(bodies), \(failures.count) failed \(failures.prefix(5)), slowest \(slowest)"
        }
    }

    /// Requests overlap when answers are slow, so each of a few threads takes its turn.
    private static let threads = 8
    private static let interval: Duration = .milliseconds(10)

    private let port: UInt16
    private let host: String
    private let path: String
    private let report = Mutex(Report())
    private let stopped = Atomic(false)
    private let begun = ContinuousClock.now

    private init(port: UInt16, host: String, path: String) {
        self.port = port
        self.host = host
        self.path = path
    }

    /// Asks for as long as `body` takes.
    package static func during(
        _ platform: TestPlatform, _ host: String, _ path: String = "/", _ body: () async throws -> Void
    ) async throws -> Report {
        let requests = SteadyRequests(port: platform.port, host: host, path: path)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for turn in 0..<threads {
                group.addTask { try await Command.pool.run { requests.ask(turn: turn) } }
            }
            defer { requests.stopped.store(true, ordering: .relaxed) }
            try await body()
            requests.stopped.store(true, ordering: .relaxed)
            try await group.waitForAll()
            return requests.report.withLock { $0 }
        }
    }

    private func ask(turn: Int) {
        var next = begun + Self.interval * turn
        while !stopped.load(ordering: .relaxed) {
            Self.pause(until: next)
            next += Self.interval * Self.threads
            let asked = ContinuousClock.now
            let result = Result { try Answer.ask(port: port, host: host, path: path) }
            let took = ContinuousClock.now - asked
            report.withLock { report in
                report.slowest = max(report.slowest, took)
                switch result {
                case .success(let answer) where answer.status == 200: report.bodies[answer.body, default: 0] += 1
                case .success(let answer): report.failures.append("\(asked - begun): \(answer)")
                case .failure(let error): report.failures.append("\(asked - begun): \(error)")
                }
            }
        }
    }

    private static func pause(until moment: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (moment - .now).components
        guard seconds >= 0, attoseconds > 0 else { return }
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }
}
