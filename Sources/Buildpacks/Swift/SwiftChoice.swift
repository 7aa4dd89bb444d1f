/// The Swift toolchain that an app is built with.
struct SwiftChoice: Sendable {
    static let fallbackVariable = "PAAS_SWIFT_FALLBACK"

    var toolchain: SwiftToolchain
    /// `Using Swift 6.1 (from package .swift-version file)`
    var line: String
    var note: String?

    /// - Parameter folder: of the package, below the tree; empty for the root.
    static func make(_ folder: String, _ session: BuildSession) async throws -> SwiftChoice {
        let there = try await SwiftToolchain.all(session)
        guard let (wanted, source) = wish(folder, session) else {
            if let newest = there.first { return SwiftChoice(toolchain: newest, line: "Using latest Swift version") }
            throw await session.fail(missingText("", "", there))
        }
        let line = "Using Swift \(wanted) (from \(source))"
        let numbers = wanted.split(separator: ".").map { Int($0) }
        guard !numbers.isEmpty, numbers.count <= 3, !numbers.contains(nil) else {
            throw await session.fail("Error: Invalid Swift version in \(source).\n\nUse for example: 6.3")
        }
        let version = numbers.compactMap { $0 }
        if let fit = there.first(where: { matches($0.version, version) }) {
            return SwiftChoice(toolchain: fit, line: line)
        }
        if let same = there.first(where: { $0.version.prefix(2) == version.prefix(2) }) {
            return SwiftChoice(
                toolchain: same, line: line,
                note: "Swift \(wanted) isn't installed here; building with \(same.versionText), the same minor version."
            )
        }
        let switchedOn = !["", "0", "false"].contains(session.config(fallbackVariable) ?? "")
        let nearest = there.last { version.lexicographicallyPrecedes($0.version) } ?? there.first
        guard switchedOn, let nearest else { throw await session.fail(missingText(wanted, source, there)) }
        return SwiftChoice(
            toolchain: nearest, line: line,
            note: "Swift \(wanted) isn't installed here; building with \(nearest.versionText), because"
                + " \(fallbackVariable) is set.")
    }

    /// `6.3` is met by `6.3.1`; `6.3.0` by a toolchain that calls itself `6.3`.
    private static func matches(_ have: [Int], _ wanted: [Int]) -> Bool {
        if wanted.count < 3 { return have.starts(with: wanted) }
        return Array((have + [0, 0, 0]).prefix(3)) == wanted
    }

    private static func wish(_ folder: String, _ session: BuildSession) -> (version: String, source: String)? {
        func read(_ path: String) -> String? {
            guard let bytes = session.tree.read(path, limit: 4_096), let text = try? SourceText(bytes).text else {
                return nil
            }
            let trimmed = text.trimming()
            return trimmed.isEmpty ? nil : trimmed
        }
        if !folder.isEmpty, let version = read("\(folder)/.swift-version") {
            return (version, "package .swift-version file")
        }
        if let version = read(".swift-version") { return (version, "top-level .swift-version file") }
        if let version = session.config("SWIFT_VERSION") { return (version, "SWIFT_VERSION config") }
        return nil
    }

    private static func missingText(_ wanted: String, _ source: String, _ there: [SwiftToolchain]) -> String {
        let versions = there.map(\.versionText).joined(separator: ", ")
        let fallback =
            there.isEmpty
            ? ""
            : """


            Or build with the nearest one that is installed:
              paas config:set \(fallbackVariable)=1
            """
        return """
            Error: Swift \(wanted) isn't installed on this machine.

            \(source.isEmpty ? "The app is a Swift package." : "The \(source) asks for \(wanted).")
            Installed are: \(versions.isEmpty ? "none" : versions)

            Install it, then push again:
              swiftly install \(wanted.isEmpty ? "latest" : wanted)\(fallback)
            """
    }
}

extension String {
    func trimming() -> String { String(Substring(self).trimming(\.isWhitespace)) }
}
