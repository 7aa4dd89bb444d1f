internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let configRoutes: [Route] = [
        Route("GET", "apps/:app/config-vars") { call in
            try .ok(try await call.platform.config(of: try await call.app()).revealed)
        },
        Route("PATCH", "apps/:app/config-vars") { call in
            let changes = try call.body([String: LooseText?].self).mapValues { $0?.text }
            return try .ok(try await call.platform.setConfig(changes, of: try await call.app()).revealed)
        },
        Route("GET", "apps/:app/releases/:release/config-vars") { call in
            let release = try await call.platform.release(call.parameter("release"), of: try await call.app())
            return try .ok(release.config.revealed)
        },
    ]
}
