internal import Model
internal import Posix

/// Swift packages, as vapor/vapor builds them, but incrementally. Source: buildpack-api.md §6.
struct SwiftPack: Buildpack {
    static let binaries = ".swift-bin"
    let name = "vapor/vapor"

    func detect(_ session: BuildSession) async -> Detection {
        if manifestFolder(session) != nil { return .detected("Swift") }
        return .notDetected([
            "Error: Your app is configured to use the Swift buildpack,",
            "but we couldn't find a Package.swift.",
        ])
    }

    func compile(_ session: inout BuildSession) async throws -> PackRelease {
        let output = session.output
        let folder = session.config("PACKAGE_DIR")?.split(separator: "/").joined(separator: "/") ?? ""
        if folder.isEmpty {
            await output.step("No PACKAGE_DIR config variable is set. Using the repo root.")
        } else {
            await output.step("Using package directory at \(folder)")
        }
        guard session.tree.isFile(folder.isEmpty ? "Package.swift" : "\(folder)/Package.swift") else {
            let there = manifestFolder(session) ?? ""
            throw await session.fail(
                """
                Error: There is no Package.swift in the \(folder.isEmpty ? "root directory" : "directory \(folder)").

                There is one in \(there.isEmpty ? "the root directory" : there). Say so, then push again:
                  paas config:\(there.isEmpty ? "unset PACKAGE_DIR" : "set PACKAGE_DIR=\(there)")
                """)
        }
        let choice = try await SwiftChoice.make(folder, session)
        await output.step(choice.line)
        if let note = choice.note { await output.warning("Note: \(note)") }
        let build = SwiftBuild(toolchain: choice.toolchain, folder: folder)
        let state = PackState("swift", session.cache)
        if state["version"] != nil {
            await output.step("Restoring cache")
            if state["version"] != choice.toolchain.versionText {
                await output.body("Discarding cache since the Swift version has changed")
                try session.cache.remove("swift/build")
            }
        }
        try await build.hook("pre_compile", "pre-compile", session)
        try SourceMirror(source: session.tree, target: WorkTree(root: session.cache.path("swift/source")))
            .update(skipping: [".git", ".build", ".heroku", ".swift-bin", ".swift-lib", ".profile.d"])
        let products = try await build.run(session)
        try await build.hook("post_compile", "post-compile", session)
        try await build.install(products, &session)
        try state.save(["version": choice.toolchain.versionText], to: session.cache)
        try session.tree.write(
            """
            export PATH="$HOME/\(Self.binaries):$PATH"
            export LD_LIBRARY_PATH="$HOME/.swift-lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
            export SWIFT_BACKTRACE="${SWIFT_BACKTRACE:-enable=yes,sanitize=yes,threads=all,images=all,interactive=no,output-to=stderr,symbolicate=fast}"

            """, to: ".profile.d/swift.sh")
        return PackRelease(defaultProcessTypes: defaultTypes(products, folder, session))
    }

    /// The real pack wants a Procfile; of a single executable it is plain what to run.
    private func defaultTypes(_ products: [String], _ folder: String, _ session: BuildSession) -> [ProcessType: String]
    {
        guard products.count == 1, let name = products.first else { return [:] }
        let manifest = session.tree.readText(folder.isEmpty ? "Package.swift" : "\(folder)/Package.swift") ?? ""
        if manifest.contains("vapor/vapor") {
            return [.web: "\(name) serve --env production --hostname 0.0.0.0 --port $PORT"]
        }
        if manifest.contains("hummingbird-project/hummingbird") {
            return [.web: "\(name) --hostname 0.0.0.0 --port $PORT"]
        }
        return [.web: name]
    }

    /// The folder of the shallowest manifest, four deep at most.
    private func manifestFolder(_ session: BuildSession) -> String? {
        var folders = [""]
        for _ in 0..<4 {
            if let found = folders.first(where: {
                session.tree.isFile($0.isEmpty ? "Package.swift" : "\($0)/Package.swift")
            }) {
                return found
            }
            folders = folders.flatMap { folder in
                session.tree.names(in: folder).filter { !$0.hasPrefix(".") && $0 != "node_modules" }
                    .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }.filter(session.tree.isFolder)
            }
        }
        return nil
    }
}
