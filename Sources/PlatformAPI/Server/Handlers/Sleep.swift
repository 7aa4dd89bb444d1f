internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let sleepRoutes: [Route] = [
        Route("GET", "paas/v1/apps/:app/sleep") { call in
            let app = try await call.app()
            return try .ok(SleepStatus(app, isAsleep: await call.platform.isAsleep(app)))
        },
        Route("PATCH", "paas/v1/apps/:app/sleep") { call in
            let seconds = try call.body(SleepUpdate.self).afterSeconds
            let app = try await call.platform.setSleepTime(.seconds(seconds), of: try await call.app())
            return try .ok(SleepStatus(app, isAsleep: await call.platform.isAsleep(app)))
        },
        Route("GET", "accounts/:account/actions/get-quota") { call in
            let account = try await call.platform.account()
            let wanted = call.parameter("account")
            guard ["~", "\(account.id)", account.email].contains(wanted) else {
                throw BadRequest.noSuch(resource: "account", wanted)
            }
            return try .ok(AccountQuota(await call.platform.dynoHours()))
        },
    ]
}

extension SleepStatus {
    init(_ app: App, isAsleep: Bool?) {
        self.init(afterSeconds: Int(app.sleepAfter.components.seconds), isAsleep: isAsleep)
    }
}

extension AccountQuota {
    init(_ hours: DynoHours) {
        self.init(
            accountQuota: Int(hours.quota.components.seconds),
            quotaUsed: Int(min(hours.total, hours.quota).components.seconds),
            apps: hours.used.map { AppQuota(appUUID: "\($0.key)", quotaUsed: Int($0.value.components.seconds)) }
                .sorted { $0.appUUID < $1.appUUID })
    }
}
