internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One run of `swift build` over the mirrored sources in the cache.
struct SwiftBuild {
    let toolchain: SwiftToolchain
    /// Of the package, below the tree; empty for the root.
    let folder: String

    /// Builds, and gives the names of the package's executables.
    func run(_ session: BuildSession) async throws -> [String] {
        let configuration = session.config("SWIFT_BUILD_CONFIGURATION") == "debug" ? "debug" : "release"
        let isStatic = session.config("SWIFT_DYNAMIC_STDLIB") == nil
        let stdlib = isStatic ? "static stdlib" : "dynamic stdlib"
        await session.output.step("Building package (\(configuration) configuration, \(stdlib))")
        let isFresh = !session.cache.isFolder("swift/build")
        // `swift build` is a driver that first finds out that it should become this.
        let command = """
            set -e
            mkdir -p "$HOME"
            cd \(shellQuoted(package(session)))
            swift-build $SWIFT_BUILD_FLAGS -c \(configuration)\(isStatic ? " --static-swift-stdlib" : "") \
            --scratch-path \(shellQuoted(scratch(session)))
            """
        let result = try await session.run(command, variables(session), readable: toolchain.readable)
        guard result.ending == .code(0) else {
            let hint = MissingHeader.hint(
                in: result.lines.lines.map { $0.replacing("error: '", with: "fatal error: '") })
            if let hint { await session.output.failure(hint) }
            throw await session.fail("Error: Unable to build the package.\n\nSee the compiler's output above.")
        }
        return try await executables(session, isFresh ? "swift/build/\(configuration)" : nil)
    }

    /// `bin/pre_compile` and its kin, sourced as the real pack does.
    func hook(_ name: String, _ title: String, _ session: BuildSession) async throws {
        let path = folder.isEmpty ? "bin/\(name)" : "\(folder)/bin/\(name)"
        guard session.tree.isFile(path) else { return }
        await session.output.step("Running \(title) hook")
        let app = session.runner.appPath
        let result = try await session.run(
            EnvironmentFolder.around(
                "set -- \(shellQuoted(app)) \(shellQuoted(session.runner.cachePath)) \"$ENV_DIR\"; . \(shellQuoted("\(app)/\(path)"))"
            ),
            EnvironmentFolder.variables(session, variables(session)), readable: toolchain.readable)
        guard result.ending == .code(0) else { throw await session.fail("Error: Failed to run the \(path) script.") }
    }

    /// Copies what was built into the slug, as a layer that stays the same while nothing was built anew.
    func install(_ products: [String], _ session: inout BuildSession) async throws {
        try await hook("pre_install", "pre-install", session)
        let configuration = session.config("SWIFT_BUILD_CONFIGURATION") == "debug" ? "debug" : "release"
        let built = "swift/build/\(configuration)"
        let present = session.cache.names(in: built)
        let bundles = present.filter { $0.hasSuffix(".resources") }
        let libraries = present.filter { $0.hasSuffix(".so") }
        if !libraries.isEmpty { await session.output.step("Installing dynamic libraries") }
        await session.output.step("Installing binaries")
        if !bundles.isEmpty { await session.output.step("Installing resources") }
        var digest = Digest(of: ["swift", "1", toolchain.versionText])
        for name in products + libraries {
            digest.add("\(name) \(Machine.fingerprint(session.cache.path("\(built)/\(name)")))")
        }
        for bundle in bundles { fingerprint("\(built)/\(bundle)", session, &digest) }
        let name = "swift-\(digest.hex.prefix(40))"
        let folders = libraries.isEmpty ? [SwiftPack.binaries] : [SwiftPack.binaries, ".swift-lib"]
        if try !session.reuse(name, folders) {
            for folder in folders { try session.tree.remove(folder) }
            let from = "\(scratch(session))/\(configuration)"
            func words(_ names: [String]) -> String {
                names.map { shellQuoted("\(from)/\($0)") }.joined(separator: " ")
            }
            var command = "set -e; mkdir -p \(folders.joined(separator: " "))"
            if !(products + bundles).isEmpty {
                command += "; cp -R \(words(products + bundles)) \(SwiftPack.binaries)/"
            }
            if !libraries.isEmpty { command += "; cp \(words(libraries)) .swift-lib/" }
            let tracer = WorkTree.parent(of: toolchain.folder) + "/libexec/swift/linux/swift-backtrace-static"
            command += "; if [ -f \(shellQuoted(tracer)) ]; then cp \(shellQuoted(tracer)) \(SwiftPack.binaries)/; fi"
            let copied = try await session.run(command, variables(session), readable: toolchain.readable)
            guard copied.ending == .code(0) else { throw await session.fail("Error: Unable to install the binaries.") }
            try session.shelve(folders, as: name)
        }
        try await hook("post_install", "post-install", session)
        await session.output.step("Cleaning up after build")
        try session.tree.remove(folder.isEmpty ? ".build" : "\(folder)/.build")
    }

    // MARK: Bits

    private func fingerprint(_ path: String, _ session: BuildSession, _ digest: inout Digest) {
        for name in session.cache.names(in: path) {
            let child = "\(path)/\(name)"
            if session.cache.isFolder(child) {
                fingerprint(child, session, &digest)
            } else {
                digest.add("\(child) \(Machine.fingerprint(session.cache.path(child)))")
            }
        }
    }

    private func package(_ session: BuildSession) -> String {
        "\(session.runner.cachePath)/swift/source\(folder.isEmpty ? "" : "/\(folder)")"
    }

    private func scratch(_ session: BuildSession) -> String { "\(session.runner.cachePath)/swift/build" }

    /// SwiftPM and clang keep caches in the home: in the app's tree they would end up in the slug.
    private func variables(_ session: BuildSession) -> [String: String] {
        var variables = session.environment(["PATH": "\(toolchain.folder):\(session.path)"])
        variables["HOME"] = "\(session.runner.cachePath)/swift/home"
        return variables
    }

    /// The executables the manifest declares; older products may still lie in the scratch folder.
    ///
    /// - Parameter fresh: the folder of the products, below the cache, when it was empty before this build.
    private func executables(_ session: BuildSession, _ fresh: String?) async throws -> [String] {
        let source = folder.isEmpty ? "swift/source" : "swift/source/\(folder)"
        let manifest = session.cache.read("\(source)/Package.swift") ?? []
        var digest = Digest(of: [toolchain.versionText])
        digest.add(manifest)
        let state = PackState("swift/products", session.cache)
        if state["digest"] == digest.hex, let names = state["names"] {
            return names.split(separator: " ").map(String.init)
        }
        let names: [String]
        if let fresh, SwiftManifest(manifest).buildsOnlyItsOwn(besides: session.cache.names(in: source)) {
            names = session.cache.names(in: fresh).filter { session.cache.isProgram("\(fresh)/\($0)") }
        } else {
            names = try await described(session)
        }
        try state.save(["digest": digest.hex, "names": names.joined(separator: " ")], to: session.cache)
        return names
    }

    /// Asks SwiftPM, which loads the whole package for it and takes a third of a second.
    private func described(_ session: BuildSession) async throws -> [String] {
        let answer = try await session.capture(
            "cd \(shellQuoted(package(session))) && swift package --scratch-path \(shellQuoted(scratch(session)))"
                + " describe --type json 2>/dev/null",
            variables(session), readable: toolchain.readable)
        let json = answer.lines.lines.drop { !$0.hasPrefix("{") }.joined(separator: "\n")
        let products = JSON(Array(json.utf8))?["products"]?.elements ?? []
        return products.filter { $0["type"]?["executable"] != nil }.compactMap { $0["name"]?.text }.sorted()
    }
}
