internal import Git
internal import Model

extension Platform {
    /// How deep submodules of submodules are followed.
    private static let deepestSubmodule = 5

    /// Fetches the repositories that belong into the tree, and those that belong into them.
    func fetchSubmodules(
        of export: Export, into tree: String, depth: Int = 1, transcript: Transcript
    ) async throws {
        guard !export.submodules.isEmpty, depth <= Self.deepestSubmodule else { return }
        let git = machines.git
        for submodule in export.submodules {
            await transcript.line("Fetching submodule \(submodule.path)")
            let folder = "\(tree)/\(submodule.path)"
            let inner = try await machines.blocking { try git.fetchSubmodule(submodule, into: folder) }
            try await fetchSubmodules(of: inner, into: folder, depth: depth + 1, transcript: transcript)
        }
    }

    /// What the person who pushed should know of the exported tree.
    func tell(_ export: Export, transcript: Transcript) async {
        for note in export.notes { await transcript.line(" !     \(note)") }
        guard let first = export.lfsPointers.first else { return }
        let more = export.lfsPointers.count > 1 ? " and \(export.lfsPointers.count - 1) more" : ""
        await transcript.line(
            " !     Git LFS is not supported: \(first)\(more) arrived as a pointer, without its content.")
    }
}
