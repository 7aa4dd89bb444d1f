package import Model

/// The two clocks, so that tests can move them.
package struct Time: Sendable {
    package var now: @Sendable () -> Timestamp
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Sleeps until ``now`` says so, however the clock gets there: a machine that slept may find that it is over.
    package var sleepUntil: @Sendable (Timestamp) async throws -> Void

    /// - Parameter sleepUntil: `nil` for clocks that go evenly.
    package init(
        now: @escaping @Sendable () -> Timestamp, sleep: @escaping @Sendable (Duration) async throws -> Void,
        sleepUntil: (@Sendable (Timestamp) async throws -> Void)? = nil
    ) {
        self.now = now
        self.sleep = sleep
        self.sleepUntil = sleepUntil ?? { try await sleep($0.since(now())) }
    }
}
