package import Model

extension Platform {
    /// `ps:exec`: runs a command beside a dyno's own, in its sandbox.
    package func execute(_ execution: DynoExecution, in dyno: DynoView, of app: App) async throws -> DynoSession {
        guard let handle = await reconciler.handle(of: dyno.id, in: app.id) else {
            throw PlatformError.dynoNotRunning(dyno.name, dyno.state)
        }
        return try await handle.execute(execution)
    }
}
