package import APISchema

/// Dynos, the formation, logs.
extension PlatformClient {
    package func formation(of app: String) async throws -> [FormationResource] {
        try await call("GET", ["apps", app, "formation"])
    }

    /// - Returns: the entries that were changed.
    package func updateFormation(of app: String, _ updates: [FormationUpdate]) async throws -> [FormationResource] {
        try await call("PATCH", ["apps", app, "formation"], body: FormationBatchUpdate(updates: updates))
    }

    package func sleep(of app: String) async throws -> SleepStatus {
        try await call("GET", ["paas", "v1", "apps", app, "sleep"])
    }

    package func setSleep(of app: String, afterSeconds: Int) async throws -> SleepStatus {
        try await call("PATCH", ["paas", "v1", "apps", app, "sleep"], body: SleepUpdate(afterSeconds: afterSeconds))
    }

    /// - Parameter isExtended: with ``DynoResource/extended``.
    package func dynos(of app: String, isExtended: Bool = false) async throws -> [DynoResource] {
        try await list(["apps", app, "dynos"], query: isExtended ? ["extended": "true"] : [:])
    }

    package func dyno(_ name: String, of app: String) async throws -> DynoResource {
        try await call("GET", ["apps", app, "dynos", name])
    }

    package func createDyno(for app: String, _ body: DynoCreate) async throws -> DynoResource {
        try await call("POST", ["apps", app, "dynos"], body: body)
    }

    package func restartDynos(of app: String) async throws { try await perform("DELETE", ["apps", app, "dynos"]) }

    package func restartDyno(_ name: String, of app: String) async throws {
        try await perform("DELETE", ["apps", app, "dynos", name])
    }

    package func restartType(_ type: String, of app: String) async throws {
        try await perform("DELETE", ["apps", app, "formations", type])
    }

    package func stopDyno(_ name: String, of app: String) async throws {
        try await perform("POST", ["apps", app, "dynos", name, "actions", "stop"])
    }

    package func stopType(_ type: String, of app: String) async throws {
        try await perform("POST", ["apps", app, "formations", type, "actions", "stop"])
    }

    /// What stopped dynos had written, newest first; of one name only where it is given.
    package func losses(of app: String, dyno: String?) async throws -> [DynoLossResource] {
        try await call("GET", ["paas", "v1", "apps", app, "lost-files"], query: dyno.map { ["dyno": $0] } ?? [:])
    }

    /// - Parameter position: how many bytes of its output are here already.
    package func attach(
        to dyno: DynoResource, of app: String, from position: UInt64 = 0
    ) async throws -> DynoAttachment {
        let path = ["paas", "v1", "apps", app, "dynos", dyno.id, "attach"]
        return DynoAttachment(
            try await upgrade("GET", path, to: "paas-attach/1", query: position > 0 ? ["from": "\(position)"] : [:]))
    }

    /// Runs a command beside a dyno's own.
    package func execute(_ body: DynoExecute, in dyno: String, of app: String) async throws -> DynoAttachment {
        let path = ["paas", "v1", "apps", app, "dynos", dyno, "exec"]
        return DynoAttachment(try await upgrade("POST", path, to: "paas-attach/1", body: body))
    }

    package func createLogSession(for app: String, _ body: LogSessionCreate) async throws -> LogSessionResource {
        try await call("POST", ["apps", app, "log-sessions"], body: body)
    }
}
