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
            return try .ok(AppFeatureResource(try call.feature(), of: app))
        },
        Route("PATCH", "apps/:app/features/:feature") { call in
            let app = try await call.app()
            let feature = try call.feature()
            let isOn = try call.body(AppFeatureUpdate.self).enabled
            let changed = try await call.platform.setFeature(feature.rawValue, isOn: isOn, of: app)
            return try .ok(AppFeatureResource(feature, of: changed))
        },
    ]
}

extension Call {
    /// The feature that the path names, or gives the id of.
    fileprivate func feature() throws -> AppFeature {
        let wanted = parameter("feature")
        let found = AppFeature.allCases.first { $0.rawValue == wanted || FixedID.of($0) == wanted }
        guard let found else { throw PlatformError.noSuchFeature(wanted) }
        return found
    }
}

extension AppFeatureResource {
    init(_ feature: AppFeature, of app: App) {
        self.init(
            createdAt: app.createdAt.iso8601, description: feature.summary, docURL: "", enabled: app.has(feature),
            id: FixedID.of(feature), name: feature.rawValue, state: "general",
            updatedAt: app.updatedAt.iso8601, displayName: feature.rawValue, feedbackEmail: "")
    }
}
