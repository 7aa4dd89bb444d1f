package import Testing

extension Trait where Self == ConditionTrait {
    /// Making another user takes root.
    package static var needsRoot: Self {
        .enabled(if: Account.canBeMade, "only root can make an ordinary user to run as")
    }

    /// The built programs; `make test` names their folder in PAAS_BIN.
    package static var needsPrograms: Self {
        .enabled(if: Programs.folder != nil, "PAAS_BIN does not name the folder of the built programs; use make test")
    }

    /// A tool of this machine that the test cannot do without.
    package static func needs(_ tool: String) -> Self {
        .enabled(if: Programs.find(tool) != nil, "\(tool) is not installed")
    }
}
