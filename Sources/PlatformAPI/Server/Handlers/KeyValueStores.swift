internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    /// What Heroku serves at its data host. Source: platform-api.md §3.
    static let storeRoutes: [Route] = [
        Route("GET", "redis/v0/databases/:addon") { call in
            let addon = try await call.addon(in: nil)
            return try .ok(KeyValueStoreResource(addon, try await call.platform.storeReport(addon)))
        },
        Route("GET", "redis/v0/databases/:addon/wait") { call in
            _ = try await call.platform.storeReport(try await call.addon(in: nil))
            return try .ok(WaitStatus(message: "available", isWaiting: false))
        },
        Route("GET", "redis/v0/databases/:addon/config") { call in
            try .ok(KeyValueStoreConfig(try await call.platform.storeReport(try await call.addon(in: nil))))
        },
        Route("PATCH", "redis/v0/databases/:addon/config") { call in
            let body = try call.body(KeyValueStoreUpdate.self)
            let addon = try await call.addon(in: nil)
            if let policy = body.maxmemoryPolicy { try await call.platform.setStorePolicy(policy, of: addon) }
            if let timeout = body.timeout { try await call.platform.setStoreTimeout(timeout, of: addon) }
            return try .ok(KeyValueStoreConfig(try await call.platform.storeReport(addon)))
        },
        Route("POST", "redis/v0/databases/:addon/credentials_rotation") { call in
            try await call.platform.rotateStoreCredentials(of: try await call.addon(in: nil))
            return try .ok(MessageResource("Credentials rotated."))
        },
    ]
}

extension KeyValueStoreResource {
    fileprivate init(_ addon: Addon, _ report: StoreReport) {
        self.init(
            addonID: "\(addon.id)", name: addon.name, plan: addon.plan, createdAt: addon.createdAt.iso8601,
            resourceURL: addon.values["URL"] ?? "", port: Int(report.port), version: report.version,
            info: report.lines.map { .init($0.name, $0.value) })
    }
}

extension KeyValueStoreConfig {
    fileprivate init(_ report: StoreReport) {
        self.init(maxmemoryPolicy: report.maxmemoryPolicy, timeout: report.timeout)
    }
}
