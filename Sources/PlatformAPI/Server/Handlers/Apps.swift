internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let appRoutes: [Route] = [
        Route("GET", "apps") { call in
            let account = try await call.platform.account()
            var resources: [AppResource] = []
            for app in try await call.platform.apps() { resources.append(try await call.resource(app, account)) }
            return try call.list(resources)
        },
        Route("POST", "apps") { call in
            let body = try call.body(AppCreate.self)
            let app = try await call.platform.createApp(name: body.name, buildpacks: body.buildpacks ?? [])
            return try .ok(try await call.resource(app), status: 201)
        },
        Route("GET", "apps/:app") { call in
            try .ok(try await call.resource(try await call.app()))
        },
        Route("PATCH", "apps/:app") { call in
            let body = try call.body(AppUpdate.self)
            var app = try await call.app()
            if let name = body.name { app = try await call.platform.rename(app, to: name) }
            if let isOn = body.maintenance { app = try await call.platform.setMaintenance(isOn, of: app) }
            return try .ok(try await call.resource(app))
        },
        Route("DELETE", "apps/:app") { call in
            let app = try await call.app()
            let resource = try await call.resource(app)
            try await call.platform.destroy(app)
            return try .ok(resource)
        },
    ]
}

extension Call {
    func resource(_ app: App) async throws -> AppResource { try await resource(app, try await platform.account()) }

    func resource(_ app: App, _ account: Account) async throws -> AppResource {
        let blueprint = await platform.reconciler.blueprint(of: app.id)
        return AppResource(app, account: account, slug: blueprint?.slug, platform: platform)
    }
}
