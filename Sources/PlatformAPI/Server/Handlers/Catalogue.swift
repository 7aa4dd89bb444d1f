internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    /// What is the same for everybody: stacks, regions, dyno sizes.
    static let catalogueRoutes: [Route] = [
        Route("GET", "stacks") { call in try call.list([try await call.stack()]) },
        Route("GET", "stacks/:stack") { call in
            guard NamedReference.stack.isMeant(by: call.parameter("stack")) else {
                throw BadRequest.noSuch(resource: "stack", call.parameter("stack"))
            }
            return try .ok(try await call.stack())
        },
        Route("GET", "regions") { call in try call.list([try await call.region()]) },
        Route("GET", "regions/:region") { call in
            guard NamedReference.local.isMeant(by: call.parameter("region")) else {
                throw BadRequest.noSuch(resource: "region", call.parameter("region"))
            }
            return try .ok(try await call.region())
        },
        Route("GET", "dyno-sizes") { call in try call.list(DynoSize.all.map { DynoSizeResource($0) }) },
        Route("GET", "dyno-sizes/:size") { call in
            let wanted = call.parameter("size")
            guard let size = DynoSize.named(wanted) ?? DynoSize.all.first(where: { FixedID.of($0) == wanted }) else {
                throw BadRequest.noSuch(resource: "dyno size", wanted)
            }
            return try .ok(DynoSizeResource(size))
        },
    ]
}

extension Call {
    fileprivate func stack() async throws -> StackResource {
        let created = try await platform.account().createdAt.iso8601
        return StackResource(
            isDefault: true, createdAt: created, id: NamedReference.stack.id, name: NamedReference.stack.name,
            state: "public", updatedAt: created)
    }

    fileprivate func region() async throws -> RegionResource {
        let created = try await platform.account().createdAt.iso8601
        return RegionResource(
            country: "This machine", createdAt: created, description: "This machine", id: NamedReference.local.id,
            locale: "Here", name: NamedReference.local.name,
            // The schema lists the regions that a provider may have; this is where Heroku keeps `us`.
            provider: RegionProvider(name: "paas", region: "us-east-1"), updatedAt: created)
    }
}

extension DynoSizeResource {
    init(_ size: DynoSize) {
        let isDedicated = size.name.hasPrefix("Performance")
        #if arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "x86_64"
        #endif
        self.init(
            architecture: architecture, compute: 0, cost: DynoCost(cents: size.dollarsPerMonth * 100, unit: "month"),
            dedicated: isDedicated, preciseDynoUnits: Double(size.dollarsPerMonth) / 25, generation: .cedar,
            id: FixedID.of(size), memory: Double(size.memoryMiB) / 1024, name: size.name)
    }
}
