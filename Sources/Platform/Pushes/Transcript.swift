internal import Model
internal import Store

/// A build's output: shown to the push as it happens, and kept with the build.
struct Transcript: Sendable {
    private let build: BuildID
    private let store: Store
    private let show: Narration

    init(_ build: BuildID, store: Store, line: @escaping Narration) {
        self.build = build
        self.store = store
        show = line
    }

    func line(_ text: String) async {
        await show(text)
        let (bytes, build) = (Array(text.utf8) + [UInt8(ascii: "\n")], build)
        // Kept for `builds:output`; a full disk must not end the build for that.
        try? await store.write { try $0.appendBuildOutput(bytes, to: build) }
    }

    func bytes(_ line: [UInt8]) async { await self.line(String(decoding: line, as: UTF8.self)) }
}
