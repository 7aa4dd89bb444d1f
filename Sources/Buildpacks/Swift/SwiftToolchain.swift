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
        let folders = Machine.folders(
            searchPath: session.request.searchPath, more: [],
            collections: [
                ("\(home)/.local/share/swiftly/toolchains", "usr/bin"), ("/opt", "usr/bin"), ("/opt/swift", "usr/bin"),
                ("\(home)/.swiftenv/versions", "usr/bin"), ("\(home)/.local/share/mise/installs/swift", "usr/bin"),
                ("\(home)/.asdf/installs/swift", "usr/bin"),
            ])
        var places: [String] = []
        for folder in folders {
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
        // The compiler itself answers twice as fast as the driver that would only ask it.
        let programs = places.map { place in
            FileTree.exists("\(place)/swift-frontend") ? "\(place)/swift-frontend" : "\(place)/swift"
        }
        try await book.ask(
            programs, session, readable: places.flatMap { SwiftToolchain(folder: $0, version: []).readable },
            question: { "\($0) --version" },
            reading: { $0.firstMatch(of: /Swift version ([0-9.]+)/).map { String($0.1) } })
        return zip(places, programs).compactMap { place, program in
            guard let text = book[program], text != "-" else { return nil }
            return SwiftToolchain(folder: place, version: text.split(separator: ".").compactMap { Int($0) })
        }
    }
}
