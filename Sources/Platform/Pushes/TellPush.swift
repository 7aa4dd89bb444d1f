internal import Buildpacks
internal import Model

extension Platform {
    /// Tells the push how the launch went.
    ///
    /// - Returns: whether the push is accepted: as on Heroku also when the release command failed, and when a first
    ///   release crashes.
    func tell(_ result: LaunchResult, of app: App, transcript: Transcript) async -> Bool {
        let app = await renamed(app)
        let hasCommand: Bool
        do { hasCommand = try await slug(result.release.slug ?? SlugID())?.processTypes[.release] != nil } catch {
            hasCommand = false  // Only the form of the message hangs on it.
        }
        switch result {
        case .serving(let release), .crashed(let release, _, _):
            if hasCommand {
                await transcript.line("Waiting for release.... done.")
            } else {
                await transcript.line("       Released v\(release.version)")
                await transcript.line("       \(settings.webURL(app.name)) deployed to paas")
                await transcript.line("")
                await transcript.line("Verifying deploy... done.")
            }
            guard case .crashed(_, let reason, let lines) = result else { return true }
            await transcript.line("")
            await transcript.line(" !     Release v\(release.version) is deployed, but it does not run: \(reason).")
            await tell(lines, transcript: transcript)
            await transcript.line(" !     See what happened: paas logs --tail -a \(app.name)")
            return true
        case .commandFailed(let release, _):
            await transcript.line("Waiting for release.... failed.")
            await transcript.line(
                " !     The release command failed; the release before v\(release.version) keeps running. What the"
                    + " command has changed outside the app stays changed.")
            return true
        case .refused(let release, let reason, let lines):
            await transcript.line(" !     Release v\(release.version) did not start: \(reason).")
            await tell(lines, transcript: transcript)
            await transcript.line(" !     The release before it keeps running.")
            await transcript.line("")
            await pushFailed(app, transcript: transcript)
            return false
        }
    }

    private func tell(_ lastLines: [String], transcript: Transcript) async {
        guard !lastLines.isEmpty else { return }
        await transcript.line(" !     Its last lines:")
        for line in lastLines { await transcript.line("       \(line)") }
    }

    private func pushFailed(_ app: App, transcript: Transcript) async {
        await transcript.line(" !     Push failed")
        await transcript.line("Verifying deploy...")
        await transcript.line("")
        await transcript.line("!\tPush rejected to \(app.name).")
        await transcript.line("")
    }

    /// The app under the name that it has now: it may be renamed while it is being built.
    func renamed(_ app: App) async -> App {
        do { return try await self.app("\(app.id)") } catch { return app }  // It has been destroyed: as it was called.
    }

    func explain(_ error: any Error, of app: App, transcript: Transcript) async {
        let app = await renamed(app)
        switch error {
        case is CancellationError:
            await transcript.line(" !     Build cancelled")
        case is BuildFailure:
            // The build has printed its own reason, up to "Push failed".
            await transcript.line("Verifying deploy...")
            await transcript.line("")
            await transcript.line("!\tPush rejected to \(app.name).")
            await transcript.line("")
            return
        case let explained as any Explained:
            let explanation = explained.explanation
            await transcript.line(" !     \(explanation.what)")
            if !explanation.why.isEmpty { await transcript.line(" !     \(explanation.why)") }
            for step in explanation.mend { await transcript.line(" !     \(step)") }
        default:
            await transcript.line(" !     \(error)")
        }
        await transcript.line("")
        await pushFailed(app, transcript: transcript)
    }
}
