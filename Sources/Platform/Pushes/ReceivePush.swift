internal import Git
package import Model
internal import Synchronization

extension Platform {
    /// Answers a push: builds and releases what goes to `main` or `master`.
    ///
    /// - Parameter line: gets each line of the push's output as it happens.
    /// - Returns: whether git may move the references. When it returns `false`, or is cancelled before the release's
    ///   row is written, nothing has changed.
    package func receive(_ push: Push, for app: App, line: @escaping Narration) async throws -> Bool {
        switch push.effect {
        case .kept(let reason):
            await line(reason)
            return true
        case .refused(let reason):
            await line(" !     Push rejected: \(reason)")
            return false
        case .deploys(let update):
            if builds.isTaken(app.id) { await line("Waiting for another build of \(app.name) to finish...") }
            let isAccepted = try await builds.take(app.id) {
                // The app may have been renamed, changed or destroyed while this push waited.
                let app = try await self.app("\(app.id)")
                guard try await isCurrent(update, of: app) else {
                    await line(" !     Push rejected: another push has moved the branch meanwhile.")
                    await line(" !     git pull paas main  # or push again with --force")
                    return false
                }
                let isAccepted = try await deploy(
                    update.new, of: app, objectDirectories: push.objectDirectories, line: line)
                // Before the next push has its turn: git has yet to move the branch.
                // Git whose client has gone will not.
                if isAccepted, !Task.isCancelled { accepted.withLock { $0[app.id] = update } }
                return isAccepted
            }
            // The push need not wait for the tidying; what fails now is tried again after the next push.
            reconciler.later { [self] in
                try? await collectSlugs()
                try? await repackNowAndThen(app)
            }
            return isAccepted
        }
    }

    /// Pushes leave loose objects and small packs behind: every so often they are put into one.
    private func repackNowAndThen(_ app: App) async throws {
        let pushes = try await builds(of: app).count
        guard pushes % 50 == 0 else { return }
        let git = machines.git
        try await builds.take(app.id) { try await machines.blocking { try git.repack(app.id) } }
    }

    /// Whether the branch still stands where the pusher's git saw it: git itself compares only after the hook, when the
    /// release would already serve.
    ///
    /// The push before this one may have been accepted without git having moved the branch yet; that is waited for.
    private func isCurrent(_ update: Push.Update, of app: App) async throws -> Bool {
        let git = machines.git
        let before = accepted.withLock { $0[app.id] }
        for attempt in 0...200 {
            let stands = try await machines.blocking { try git.commit(at: update.reference, of: app.id) }
            let settled = before?.reference != update.reference || before?.new == stands || before?.new == update.old
            if settled || attempt == 200 {
                // Settled, or given up: that push's client went before git moved the branch.
                accepted.withLock { $0[app.id] = nil }
                return (stands ?? Push.none) == update.old
            }
            try await machines.time.sleep(.milliseconds(10))
        }
        return false
    }
}
