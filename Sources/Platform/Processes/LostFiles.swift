package import Model
internal import Store

extension Platform {
    /// What stopped dynos of the app had written, newest first.
    package func losses(of app: App, dyno: DynoName? = nil) async throws -> [DynoLoss] {
        try await machines.store.read { try $0.losses(of: app.id, dyno: dyno) }
    }
}

extension Reconciler {
    /// How many dynos of an app are remembered.
    private static let keptLosses = 50

    /// Says what a dyno that has ended had written, and keeps it for `ps:lost`.
    func tellLost(_ dyno: LiveDyno, in app: AppID) async {
        guard let files = dyno.lost, dyno.role != .build, apps[app] != nil else { return }
        let loss = DynoLoss(id: dyno.id, app: app, name: dyno.name, time: machines.time.now(), files: files)
        await say(loss.sentence, about: dyno.name, in: app)
        // The log has said it; the list is a convenience that nothing may fail for.
        try? await machines.store.write { try $0.insert(loss, keeping: Self.keptLosses) }
    }
}
