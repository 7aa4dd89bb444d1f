package import Model

/// What a build made.
package struct BuildProduct: Sendable {
    /// Names on the shelf, uppermost first, without the app's own tree, which belongs above them.
    package var layers: [String]
    /// The Procfile's lines over the last buildpack's defaults.
    package var processTypes: [ProcessType: String]
    /// What the last buildpack calls the app: `Python`.
    package var buildpackName: String
    /// The buildpacks that ran, in order: `heroku/python`.
    package var buildpacks: [String]
    /// Add-ons that the last buildpack asks for on a first deploy: `heroku-postgresql`.
    package var addons: [String]

    package init(
        layers: [String], processTypes: [ProcessType: String], buildpackName: String, buildpacks: [String],
        addons: [String] = []
    ) {
        self.layers = layers
        self.processTypes = processTypes
        self.buildpackName = buildpackName
        self.buildpacks = buildpacks
        self.addons = addons
    }
}
