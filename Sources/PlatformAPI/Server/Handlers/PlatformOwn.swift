internal import APISchema
internal import HTTP
internal import Model
internal import Platform

extension APIServer {
    /// What v3 has no endpoint for.
    static let platformRoutes: [Route] = [
        // What clients ask whether there is somebody.
        Route("GET", "paas/v1/alive") { _ in .empty(status: 204) },
        Route("GET", "paas/v1/status") { call in
            let daemon = call.server.daemon
            let sandbox = await call.platform.sandbox()
            let network = await call.platform.exposure()
            return try .ok(
                Status(
                    version: daemon.version, protocolVersion: 1, pid: daemon.processID,
                    routerPid: await daemon.routerProcessID(), routerUser: await daemon.routerUserID(),
                    user: daemon.userID, home: daemon.home, port: Int(daemon.port),
                    addresses: daemon.addresses,
                    sandbox: SandboxStatus(
                        level: sandbox.level.rawValue, missing: sandbox.missing, mend: sandbox.mend,
                        limits: sandbox.limits),
                    apps: try await call.platform.apps().count,
                    network: NetworkStatus(exposed: network.isExposed, fact: network.fact, mend: network.mend)))
        },
        Route("POST", "paas/v1/shutdown") { call in
            // The answer is sent when everything is stopped; the process ends after it.
            await call.server.daemon.shutDown(call.request.query["dynos"] == "keep")
            return .empty(status: 204)
        },
        Route("POST", "paas/v1/apps/:app/pushes") { call in
            let app = try await call.app()
            let body = try call.body(PushRequest.self)
            let push = Push(
                updates: body.updates.map { Push.Update(old: $0.old, new: $0.new, reference: $0.ref) },
                objectDirectories: body.objectDirectories)
            try await call.narrate { line in try await call.platform.receive(push, for: app, line: line) }
            return .answered
        },
        Route("GET", "paas/v1/apps/:app/repository") { call in
            let app = try await call.app()
            return try .ok(Repository(path: call.platform.repositoryPath(of: app), id: "\(app.id)"))
        },
    ]
}
