internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    /// What is the same for everybody: stacks, regions, dyno sizes.
    static let catalogueRoutes: [Route] = [
        Route("GET", "stacks") { call in
            let created = try await call.platform.account().createdAt.iso8601
            return try call.list([
                StackResource(
                    isDefault: true, createdAt: created, id: NamedReference.stack.id, name: NamedReference.stack.name,
                    state: "public", updatedAt: created)
            ])
        },
        Route("GET", "regions") { call in
            let created = try await call.platform.account().createdAt.iso8601
            return try call.list([
                RegionResource(
                    country: "This machine", createdAt: created, description: "This machine",
                    id: NamedReference.local.id,
                    locale: "Here", name: NamedReference.local.name,
                    provider: RegionProvider(name: "paas", region: "localhost"), updatedAt: created)
            ])
        },
        Route("GET", "dyno-sizes") { call in try call.list(DynoSize.all.map { DynoSizeResource($0) }) },
        Route("GET", "dyno-sizes/:size") { call in
            guard let size = DynoSize.named(call.parameter("size")) else {
                throw PlatformError.unknownSize(call.parameter("size"))
            }
            return try .ok(DynoSizeResource(size))
        },
    ]
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
            id: size.name, memory: Double(size.memoryMiB) / 1024, name: size.name)
    }
}
