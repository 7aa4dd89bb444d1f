package import Model

/// Why a build gave no slug. The person has already read the details in the build's output.
package enum BuildFailure: Explained, Equatable {
    /// A buildpack's compile step failed; the name is what the pack calls the app.
    case compileFailed(String)
    /// No buildpack recognised the files.
    case noBuildpack(tried: [String])
    /// A buildpack was set by hand, but the app is nothing for it.
    case incompatible(buildpack: String)
    /// A buildpack of Heroku's that this platform has no counterpart for.
    case unsupportedBuildpack(String)
    /// A buildpack could not be fetched.
    case unreachableBuildpack(String)
    /// The Procfile cannot be read.
    case procfile(ProcfileError)

    package var explanation: Explanation {
        switch self {
        case .compileFailed(let name):
            Explanation(
                "Couldn't compile the \(name) app", because: "The build's output says what failed.",
                mend: ["Mend what it names, commit, and push again"])
        case .noBuildpack(let tried):
            Explanation(
                "Couldn't tell what kind of app this is",
                because: "None of these was found in the commit: \(tried.joined(separator: ", ")).",
                mend: ["git ls-files  # is the manifest committed?", "paas buildpacks:set heroku/python"])
        case .incompatible(let buildpack):
            Explanation(
                "Couldn't build this app with \(buildpack)",
                because: "The buildpack was set by hand, and its detect step found nothing it knows.",
                mend: ["paas buildpacks:clear  # go back to detection"])
        case .unsupportedBuildpack(let name):
            Explanation(
                "Couldn't use the buildpack \(name)",
                because: "Built in are \(BuildpackName.builtIn.joined(separator: ", ")).",
                mend: [
                    "paas buildpacks:set \(BuildpackName.officialSource(of: name))",
                    "paas buildpacks:clear  # go back to detection",
                ])
        case .unreachableBuildpack(let source):
            Explanation(
                "Couldn't fetch the buildpack \(source)", because: "The build's output has the reason.",
                mend: ["paas buildpacks", "paas buildpacks:set URL"])
        case .procfile(let error): error.explanation
        }
    }
}

/// A buildpack gave up after it had printed why; the builder turns it into a ``BuildFailure``.
struct PackFailure: Error {}
