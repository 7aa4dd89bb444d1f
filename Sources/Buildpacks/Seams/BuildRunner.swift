package import Model

/// How this room runs commands: each runs in a build dyno, in the same sandbox as the app's dynos.
package struct BuildRunner: Sendable {
    /// The tree as the commands see it: `/app`, or its host path where there is no sandbox.
    package var appPath: String
    /// The build cache as the commands see it: `/cache`, or its host path.
    package var cachePath: String
    /// Runs one bash line to its end.
    ///
    /// Lines of standard output and standard error, without their newline, arrive while it runs. Cancelling the task
    /// ends the process.
    package var run:
        @Sendable (_ step: BuildStep, _ output: @Sendable @escaping ([UInt8]) async -> Void) async throws -> Ending

    package init(
        appPath: String, cachePath: String,
        run:
            @Sendable @escaping (_ step: BuildStep, _ output: @Sendable @escaping ([UInt8]) async -> Void) async throws
            -> Ending
    ) {
        self.appPath = appPath
        self.cachePath = cachePath
        self.run = run
    }
}

/// One command of a build.
package struct BuildStep: Sendable {
    /// A line for bash; starts in the tree.
    package var command: String
    /// The whole environment, secrets included: it travels by pipe, never by an argument.
    package var environment: [String: String]
    /// Folders of finished layers laid read-only in the tree: host path, and the path below the tree.
    package var overlays: [(source: String, below: String)]
    /// Further host folders the command may read, at their own path.
    package var readable: [String]

    package init(
        command: String, environment: [String: String], overlays: [(source: String, below: String)] = [],
        readable: [String] = []
    ) {
        self.command = command
        self.environment = environment
        self.overlays = overlays
        self.readable = readable
    }
}
