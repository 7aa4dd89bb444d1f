internal import Git
package import Model

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
        case .deploys(let commit):
            if builds.isTaken(app.id) { await line("Waiting for another build of \(app.name) to finish...") }
            let isAccepted = try await builds.take(app.id) {
                // The app may have been renamed, changed or destroyed while this push waited.
                let app = try await self.app("\(app.id)")
                return try await deploy(commit, of: app, objectDirectories: push.objectDirectories, line: line)
            }
            // The push need not wait for the tidying; what fails now is tried again after the next push.
            await reconciler.later { [self] in try? await collectSlugs() }
            return isAccepted
        }
    }
}
