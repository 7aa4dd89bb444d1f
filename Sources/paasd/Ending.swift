internal import Logs
internal import Platform
internal import Router

/// The way out: stops everything once, and lets the daemon end when that is done.
final class Ending: Sendable {
    private let reconciler: Reconciler
    private let servers: ServerKeeper
    private let router: RouterControl
    private let logs: LogBook
    private let closeDoor: @Sendable () -> Void
    private let done: AsyncStream<Void>
    private let finish: AsyncStream<Void>.Continuation

    /// - Parameter closeDoor: lets no new command in: it waits for the end then, and starts another daemon.
    init(
        reconciler: Reconciler, servers: ServerKeeper, router: RouterControl, logs: LogBook,
        closeDoor: @escaping @Sendable () -> Void
    ) {
        self.reconciler = reconciler
        self.servers = servers
        self.router = router
        self.logs = logs
        self.closeDoor = closeDoor
        (done, finish) = AsyncStream.makeStream()
    }

    /// Returns when everything is stopped, or at once when dynos and router are to live on.
    func begin(keepingDynos: Bool) async {
        closeDoor()
        if !keepingDynos {
            await reconciler.stopEverything()
            await router.stop()
        }
        await logs.flush()
        await reconciler.finish()
        await servers.finish()
        finish.finish()
    }

    /// Returns a moment after ``begin(keepingDynos:)`` has: the answer to `paas down` has to reach its client.
    func wait() async {
        for await _ in done {}
        try? await Task.sleep(for: .milliseconds(50))  // Cancelled: the process ends anyway.
    }
}
