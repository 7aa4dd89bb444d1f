/// The Node.js that an app is built with.
struct NodeChoice: Sendable {
    static let fallbackVariable = "PAAS_NODE_FALLBACK"

    var runtime: NodeRuntime
    var note: String?

    /// - Throws: ``PackFailure``, after the versions there are and the ways out have been printed.
    static func make(_ manifest: PackageManifest, _ session: BuildSession) async throws -> NodeChoice {
        let there = try await NodeRuntimes.all(session)
        guard let wanted = manifest.engine("node") else {
            if let newest = there.first { return NodeChoice(runtime: newest) }
            throw await session.fail(missingText("any version", VersionRange("*"), there))
        }
        guard let range = VersionRange(wanted) else {
            throw await session.fail(
                """
                Error: Invalid engines.node in package.json.

                It is no semantic version range. Use for example: 22.x
                """)
        }
        if let fit = there.first(where: { range.contains($0.version) }) { return NodeChoice(runtime: fit) }
        // Of a missing patch or minor version the newest of the same major one will do.
        let major = range.start?.major
        if let same = there.first(where: { $0.version.major == major }),
            range.contains(NodeVersion(same.version.major, .max, 0)) || isExact(wanted)
        {
            return NodeChoice(
                runtime: same,
                note: "Node.js \(wanted) isn't installed here; building with \(same.version), the same major version.")
        }
        let switchedOn = !["", "0", "false"].contains(session.config(fallbackVariable) ?? "")
        guard switchedOn, let start = range.start,
            let nearest = there.last(where: { $0.version > start }) ?? there.first
        else {
            throw await session.fail(missingText(wanted, range, there))
        }
        return NodeChoice(
            runtime: nearest,
            note: "Node.js \(wanted) isn't installed here; building with \(nearest.version), because"
                + " \(fallbackVariable) is set.")
    }

    private static func isExact(_ text: String) -> Bool { NodeVersion(text.filter { !"=v^~ ".contains($0) }) != nil }

    private static func missingText(_ wanted: String, _ range: VersionRange?, _ there: [NodeRuntime]) -> String {
        let versions = Array(Set(there.map(\.version))).sorted(by: >).map(\.description).joined(separator: ", ")
        let major = range?.start?.major ?? 0
        let name = major == 0 ? "22" : String(major)
        let fallback =
            there.isEmpty
            ? ""
            : """


            Or build with the nearest one that is installed:
              paas config:set \(fallbackVariable)=1
            """
        return """
            Error: Node.js \(wanted) isn't installed on this machine.

            engines.node in package.json asks for \(wanted).
            Installed are: \(versions.isEmpty ? "none" : versions)

            Install it with one of these, then push again:
              nvm install \(name)
              mise install node@\(name)\(fallback)
            """
    }
}
