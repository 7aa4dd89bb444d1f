/// One of ``BuildpackInstallationsUpdate``.
package struct BuildpackInstallationUpdate: Codable, Sendable, Equatable {
    /// `heroku/python`, `urn:buildpack:heroku/python` or a URL.
    package var buildpack: String

    package init(
        buildpack: String
    ) {
        self.buildpack = buildpack
    }
}
