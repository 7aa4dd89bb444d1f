internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A Swift toolchain on this machine.
struct SwiftToolchain: Hashable, Sendable {
    /// Host path of the folder with `swift`.
    var folder: String
    /// As `swift --version` says it: `6.3.1`, `6.3`.
    var version: [Int]

    var versionText: String { version.map(String.init).joined(separator: ".") }

    /// What has to be readable for it to work, when dynos don't see it anyway.
    var readable: [String] {
        Machine.isInDynos(folder + "/") ? [] : [WorkTree.parent(of: WorkTree.parent(of: folder))]
    }

    /// Newest first; versions are asked once and remembered in the app's cache.
    static func all(_ session: BuildSession) async throws -> [SwiftToolchain] {
        let home = session.request.home
        var folders = session.request.searchPath.split(separator: ":").map(String.init)
        for (collection, below) in [
            ("\(home)/.local/share/swiftly/toolchains", "usr/bin"), ("/opt", "usr/bin"), ("/opt/swift", "usr/bin"),
            ("\(home)/.swiftenv/versions", "usr/bin"), ("\(home)/.local/share/mise/installs/swift", "usr/bin"),
            ("\(home)/.asdf/installs/swift", "usr/bin"),
        ] {
            for name in Machine.names(in: collection) { folders.append("\(collection)/\(name)/\(below)") }
        }
        var places: [String] = []
        for folder in folders where folder.hasPrefix("/") && !folder.hasSuffix("/shims") {
            // A toolchain's `swift` is a link to its driver or frontend, so its folder is resolved, not the file; a lone
            // link elsewhere (`~/bin/swift`) is followed to the toolchain.
            guard access("\(folder)/swift", X_OK) == 0, let real = WorkTree.resolved(folder) else { continue }
            let place =
                FileTree.exists("\(real)/swift-build")
                ? real : WorkTree.resolved("\(folder)/swift").map(WorkTree.parent)
            if let place, FileTree.exists("\(place)/swift-build"), !places.contains(place) { places.append(place) }
        }
        return try await versions(of: places, session).sorted { $1.version.lexicographicallyPrecedes($0.version) }
    }

    private static func versions(of places: [String], _ session: BuildSession) async throws -> [SwiftToolchain] {
        var book = VersionBook("swift/toolchains", session.cache)
        let unknown = places.filter { book["\($0)/swift"] == nil }
        if !unknown.isEmpty {
            for place in unknown {
                let toolchain = SwiftToolchain(folder: place, version: [])
                let answer = try await session.capture(
                    "\(shellQuoted(place))/swift --version 2>/dev/null",
                    ["PATH": BuildSession.systemPath, "HOME": "/tmp"],
                    readable: toolchain.readable)
                let text = answer.lines.lines.joined(separator: " ")
                let version = text.firstMatch(of: /Swift version ([0-9.]+)/).map { String($0.1) } ?? "-"
                book["\(place)/swift"] = version
            }
            try book.save(session.cache)
        }
        return places.compactMap { place in
            guard let text = book["\(place)/swift"], text != "-" else { return nil }
            return SwiftToolchain(folder: place, version: text.split(separator: ".").compactMap { Int($0) })
        }
    }
}
