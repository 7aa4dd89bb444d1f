/// A buildpack that an app is set to use.
///
/// Source: the published Platform API schema, `buildpack-installation`.
package struct BuildpackInstallationResource: Codable, Sendable, Equatable {
    /// Counts from 0.
    package var ordinal: Int
    package var buildpack: BuildpackReference

    package init(
        ordinal: Int, buildpack: BuildpackReference
    ) {
        self.ordinal = ordinal
        self.buildpack = buildpack
    }
}
