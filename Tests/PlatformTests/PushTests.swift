import Model
import Testing

@testable import Platform

@Suite("A push")
struct PushTests {
    static let zeros = String(repeating: "0", count: 40)
    static let commit = String(repeating: "a", count: 40)

    @Test("to main or master deploys", arguments: ["refs/heads/main", "refs/heads/master"])
    func deploys(reference: String) {
        let push = Push(
            updates: [.init(old: Self.zeros, new: Self.commit, reference: reference)], objectDirectories: [])
        #expect(push.effect == .deploys(push.updates[0]))
    }

    @Test("to another branch or a tag is kept without a build", arguments: ["refs/heads/topic", "refs/tags/v1"])
    func keeps(reference: String) {
        let push = Push(
            updates: [.init(old: Self.zeros, new: Self.commit, reference: reference)], objectDirectories: [])
        #expect(push.effect == .kept(because: "Pushed to branch other than [main, master], skipping build."))
    }

    @Test("that deletes master keeps what runs")
    func deletes() {
        let push = Push(
            updates: [.init(old: Self.commit, new: Self.zeros, reference: "refs/heads/master")], objectDirectories: [])
        #expect(push.effect == .kept(because: "Deleted the branch; what is deployed keeps running."))
    }

    @Test("that deletes main, which git would refuse, announces no deletion")
    func deletesMain() {
        let push = Push(
            updates: [.init(old: Self.commit, new: Self.zeros, reference: "refs/heads/main")], objectDirectories: [])
        #expect(
            push.effect
                == .refused(because: "main can't be deleted. To stop what is deployed, type: paas ps:scale web=0"))
    }

    @Test("of main and master together is refused")
    func both() {
        let push = Push(
            updates: ["main", "master"].map {
                .init(old: Self.zeros, new: Self.commit, reference: "refs/heads/\($0)")
            }, objectDirectories: [])
        guard case .refused = push.effect else { return #expect(Bool(false), "\(push.effect)") }
    }
}

@Suite("An app's turn", .timeLimit(.minutes(1)))
struct TurnsTests {
    @Test("is held by one at a time, in the order in which they asked")
    func order() async throws {
        let turns = Turns<AppID>()
        let app = AppID()
        let (order, note) = AsyncStream<Int>.makeStream()
        try await turns.take(app) {
            for number in 1...3 {
                Task { try await turns.take(app) { note.yield(number) } }
                while turns.waiting(for: app) < number { await Task.yield() }
            }
        }
        var seen: [Int] = []
        for await number in order {
            seen.append(number)
            if seen.count == 3 { break }
        }
        #expect(seen == [1, 2, 3])
    }

    @Test("is given up by a task that is cancelled while it waits")
    func cancel() async throws {
        let turns = Turns<AppID>()
        let app = AppID()
        try await turns.take(app) {
            let waiting = Task { try await turns.take(app) {} }
            while turns.waiting(for: app) < 1 { await Task.yield() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        #expect(!turns.isTaken(app))
    }
}
