import TestSupport
import Testing

@Suite("What a person sees of", .timeLimit(.minutes(1)))
struct OutputTests {
    @Test("a command is Heroku's, whole", arguments: try Scene.all())
    func output(_ scene: Scene) async throws {
        try await FakePlatform.with(scene.replies) { platform in
            let outcome = try await platform.run(scene.words)
            #expect(outcome.output == scene.output)
            #expect(outcome.errors == scene.errors)
            #expect(outcome.code == scene.code)
        }
    }
}
