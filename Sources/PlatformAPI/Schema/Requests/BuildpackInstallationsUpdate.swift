/// Body of `PUT /apps/{app}/buildpack-installations`: all buildpacks, in order.
package struct BuildpackInstallationsUpdate: Codable, Sendable, Equatable {
    package var updates: [BuildpackInstallationUpdate]

    package init(
        updates: [BuildpackInstallationUpdate]
    ) {
        self.updates = updates
    }
}
