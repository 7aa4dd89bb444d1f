internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let formationRoutes: [Route] = [
        Route("GET", "apps/:app/formation") { call in
            let app = try await call.app()
            return try call.list(try await call.formation(of: app))
        },
        Route("GET", "apps/:app/formation/:type") { call in
            let app = try await call.app()
            let type = call.parameter("type")
            guard let entry = try await call.formation(of: app).first(where: { $0.type == type || $0.id == type })
            else { throw PlatformError.noSuchProcessType(type) }
            return try .ok(entry)
        },
        Route("PATCH", "apps/:app/formation") { call in
            try .ok(try await call.scale(try call.body(FormationBatchUpdate.self).updates))
        },
        Route("PATCH", "apps/:app/formation/:type") { call in
            var update = try call.body(FormationUpdate.self)
            update.type = call.parameter("type")
            guard let entry = try await call.scale([update]).first else {
                throw PlatformError.noSuchProcessType(update.type)
            }
            return try .ok(entry)
        },
    ]
}

extension Call {
    fileprivate func formation(of app: App) async throws -> [FormationResource] {
        let commands = await platform.reconciler.blueprint(of: app.id)?.slug.processTypes ?? [:]
        return try await platform.formation(of: app).map { FormationResource($0, app, command: commands[$0.type]) }
    }

    fileprivate func scale(_ updates: [FormationUpdate]) async throws -> [FormationResource] {
        let app = try await app()
        let commands = await platform.reconciler.blueprint(of: app.id)?.slug.processTypes ?? [:]
        let changes = updates.map { update in
            Platform.FormationChange(
                type: update.type,
                quantity: update.quantity.map { quantity in
                    switch quantity {
                    case .absolute(let count): .exactly(count)
                    case .relative(let difference): .by(difference)
                    }
                }, size: update.size)
        }
        return try await platform.scale(app, changes).map { FormationResource($0, app, command: commands[$0.type]) }
    }
}

extension FormationResource {
    init(_ entry: FormationEntry, _ app: App, command: String?) {
        self.init(
            app: NamedReference(app), command: command ?? "", createdAt: entry.createdAt.iso8601,
            dynoSize: NamedReference(entry.size), id: "\(entry.id)",
            quantity: entry.quantity, size: entry.size.name, type: entry.type.text, updatedAt: entry.updatedAt.iso8601)
    }
}
