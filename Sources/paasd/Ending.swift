internal import Logs
internal import Platform
internal import Router

/// The way out: stops everything once, and lets the daemon end when that is done.
final class Ending: Sendable {
    private let reconciler: Reconciler
    private let router: RouterControl
    private let logs: LogBook
    private let done: AsyncStream<Void>
    private let finish: AsyncStream<Void>.Continuation

    init(reconciler: Reconciler, router: RouterControl, logs: LogBook) {
        self.reconciler = reconciler
        self.router = router
        self.logs = logs
        (done, finish) = AsyncStream.makeStream()
    }

    /// Returns when everything is stopped, or at once when dynos and router are to live on.
    func begin(keepingDynos: Bool) async {
        if !keepingDynos {
            await reconciler.stopEverything()
            await router.stop()
        }
        await logs.flush()
        await reconciler.finish()
        finish.finish()
    }

    /// Returns a moment after ``begin(keepingDynos:)`` has: the answer to `paas down` has to reach its client.
    func wait() async {
        for await _ in done {}
        try? await Task.sleep(for: .milliseconds(50))  // Cancelled: the process ends anyway.
    }
}
