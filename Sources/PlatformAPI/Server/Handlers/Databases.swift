internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    /// What Heroku serves at its data host. Source: platform-api.md §3.
    static let databaseRoutes: [Route] = [
        Route("GET", "client/v11/databases/:addon") { call in
            let addon = try await call.addon(in: nil)
            return try .ok(DatabaseResource(addon, try await call.platform.databaseReport(addon)))
        },
        Route("GET", "client/v11/databases/:addon/wait_status") { call in
            _ = try await call.platform.databaseReport(try await call.addon(in: nil))
            return try .ok(WaitStatus(message: "available", isWaiting: false))
        },
        Route("PUT", "client/v11/databases/:addon/reset") { call in
            try await call.platform.resetDatabase(try await call.addon(in: nil))
            return try .ok(MessageResource("Reset successful."))
        },
        Route("POST", "client/v11/databases/:addon/connection_reset") { call in
            try await call.platform.endConnections(of: try await call.addon(in: nil))
            return try .ok(MessageResource("Connections terminated."))
        },
        Route("GET", "paas/v1/databases/:addon/outliers/:count") { call in
            let count = min(1000, max(1, Int(call.parameter("count")) ?? 10))
            return .text(Array(try await call.platform.outliers(of: try await call.addon(in: nil), count: count).utf8))
        },
        Route("POST", "postgres/v0/databases/:addon/credentials_rotation") { call in
            try await call.platform.rotateCredentials(of: try await call.addon(in: nil))
            return try .ok(MessageResource("Credentials rotated."))
        },
    ]
}

extension DatabaseResource {
    fileprivate init(_ addon: Addon, _ report: DatabaseReport) {
        self.init(
            addonID: "\(addon.id)", name: addon.name, plan: addon.plan, createdAt: addon.createdAt.iso8601,
            databaseName: report.databaseName, databaseUser: report.role, resourceURL: addon.values["URL"] ?? "",
            port: Int(report.port), postgresVersion: report.version, numBytes: report.bytes,
            numTables: report.tables, numConnections: report.connections,
            info: report.lines.map { Line($0.name, $0.value) })
    }
}
