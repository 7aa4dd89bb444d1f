internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let featureRoutes: [Route] = [
        Route("GET", "apps/:app/features") { call in
            let app = try await call.app()
            return try call.list(AppFeature.allCases.map { AppFeatureResource($0, of: app) })
        },
        Route("GET", "apps/:app/features/:feature") { call in
            let app = try await call.app()
            guard let feature = AppFeature(rawValue: call.parameter("feature")) else {
                throw PlatformError.noSuchFeature(call.parameter("feature"))
            }
            return try .ok(AppFeatureResource(feature, of: app))
        },
        Route("PATCH", "apps/:app/features/:feature") { call in
            let name = call.parameter("feature")
            let isOn = try call.body(AppFeatureUpdate.self).enabled
            let app = try await call.platform.setFeature(name, isOn: isOn, of: try await call.app())
            guard let feature = AppFeature(rawValue: name) else { throw PlatformError.noSuchFeature(name) }
            return try .ok(AppFeatureResource(feature, of: app))
        },
    ]
}

extension AppFeatureResource {
    init(_ feature: AppFeature, of app: App) {
        self.init(
            createdAt: app.createdAt.iso8601, description: feature.summary, docURL: "", enabled: app.has(feature),
            id: "\(app.id)-\(feature.rawValue)", name: feature.rawValue, state: "general",
            updatedAt: app.updatedAt.iso8601, displayName: feature.rawValue, feedbackEmail: "")
    }
}
