internal import Model

/// Something that can turn an app's source into what runs: a built-in pack, or one from outside.
protocol Buildpack: Sendable {
    /// As in `buildpacks:set`: `heroku/python`.
    var name: String { get }

    /// What it calls the app (`Python`), or why the app is nothing for it.
    func detect(_ session: BuildSession) async throws -> Detection

    /// Does the work and prints as it goes.
    ///
    /// - Throws: ``PackFailure`` after it has printed why.
    func compile(_ session: inout BuildSession) async throws -> PackRelease
}

enum Detection: Sendable {
    case detected(String)
    /// The lines explain it to somebody who set the pack by hand.
    case notDetected([String])
}

/// What a pack adds to the release. Source: buildpack-api.md §1.3.
struct PackRelease: Sendable {
    var defaultProcessTypes: [ProcessType: String] = [:]
    var addons: [String] = []
}
