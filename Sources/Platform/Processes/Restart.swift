package import Model

extension Platform {
    /// Restarts all dynos of the formation, those of one type, or one.
    ///
    /// New web dynos answer before the old ones go; if they don't come up, the old ones stay and this throws.
    package func restart(_ app: App, type: ProcessType? = nil, dyno: DynoName? = nil) async throws {
        if let dyno {
            guard let known = await reconciler.dynos(of: app.id).first(where: { $0.name == dyno }) else {
                throw PlatformError.noSuchDyno("\(dyno)")
            }
            // A one-off is ended: it is never started again.
            if known.isOneOff { return try await reconciler.stop(dyno, in: app.id) }
        }
        if let type, try await !formation(of: app).contains(where: { $0.type == type }) {
            throw PlatformError.noSuchProcessType("\(type)")
        }
        try await changes.take(app.id) {
            do {
                try await reconciler.restart(app.id) { name in
                    (type == nil || name.type == type) && (dyno == nil || name == dyno)
                }
            } catch let failure as BootFailure {
                throw PlatformError.restartFailed(app.name, reason: failure.reason)
            }
        }
    }

    package func stopDyno(_ name: String, of app: App) async throws {
        guard let dyno = DynoName(name) else { throw PlatformError.noSuchDyno(name) }
        try await reconciler.stop(dyno, in: app.id)
    }

    package func stopType(_ type: String, of app: App) async throws {
        let names = await reconciler.dynos(of: app.id).map(\.name).filter { $0.type.text == type }
        guard !names.isEmpty else { throw PlatformError.noSuchProcessType(type) }
        for name in names { try await reconciler.stop(name, in: app.id) }
    }
}
