/// What the text of a `Package.swift` tells without running it.
struct SwiftManifest {
    private let text: String

    init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

    /// Whether a build leaves no executables but the package's own products: nothing is fetched, nothing is built to
    /// help with building, and no other manifest or snippet has a say. In doubt it is `false`.
    ///
    /// - Parameter names: what lies beside the manifest.
    func buildsOnlyItsOwn(besides names: [String]) -> Bool {
        guard !names.contains(where: { $0.hasPrefix("Package@") || $0 == "Snippets" }) else { return false }
        return !["package(", "Package.Dependency", "plugin", "macro"].contains { text.contains($0) }
    }
}
