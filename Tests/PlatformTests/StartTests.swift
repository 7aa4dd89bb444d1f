import Model
import PlatformSupport
import Testing

@testable import Platform

@Suite("The start of a platform with many dynos", .timeLimit(.minutes(1)))
struct StartTests {
    private static let quantity = 21

    /// An app with many web dynos, which an earlier daemon has started.
    private func deploy(on stage: borrowing Stage) async throws -> App {
        let app = try await stage.deployed("many", ["web": "serve"]).app
        _ = try await stage.platform.scale(
            app, [.init(type: "web", quantity: .exactly(Self.quantity), size: nil)])
        while await stage.platform.reconciler.dynos(of: app.id).contains(where: { $0.state != .up }) {
            await Task.yield()
        }
        return app
    }

    @Test("keeps nobody waiting: all dynos are in the books at once, and requests wait for the web process")
    func answersAtOnce() async throws {
        let gate = Gate()
        let stage = try Stage(FakeRuntime(gate: gate))
        let app = try await deploy(on: stage)
        gate.close()
        try await stage.platform.start()
        let dynos = await stage.platform.reconciler.dynos(of: app.id)
        #expect(dynos.count == Self.quantity)
        #expect(dynos.allSatisfy { $0.state == .starting })
        #expect(stage.router.installed.last?.routes["many.localhost"]?.state == .starting)
        gate.open()
        while await stage.platform.reconciler.dynos(of: app.id).contains(where: { $0.state != .up }) {
            await Task.yield()
        }
        await stage.close()
    }

    @Test("brings up a few at a time")
    func bounded() async throws {
        let gate = Gate()
        let stage = try Stage(FakeRuntime(gate: gate))
        let app = try await deploy(on: stage)
        gate.close()
        try await stage.platform.start()
        while await stage.platform.reconciler.dynos(of: app.id).contains(where: { $0.state != .up }) {
            gate.admitOne()
            await Task.yield()
        }
        #expect(gate.most <= Reconciler.startsAtATime)
        await stage.close()
    }

    @Test("is broken off by paas down: what has not been started never is")
    func stopped() async throws {
        let gate = Gate()
        let stage = try Stage(FakeRuntime(gate: gate))
        _ = try await deploy(on: stage)
        let before = stage.runtime.started.count
        gate.close()
        try await stage.platform.start()
        while gate.waiting < Reconciler.startsAtATime { await Task.yield() }
        let reconciler = stage.platform.reconciler
        let stopping = Task { await reconciler.stopEverything() }
        while await !reconciler.isClosing { await Task.yield() }
        gate.open()
        await stopping.value
        let started = stage.runtime.started.dropFirst(before)
        #expect(started.count == Reconciler.startsAtATime)
        #expect(started.allSatisfy { $0.isStopped })
        await stage.close()
    }

    @Test("does not start what a change has taken out before its turn")
    func retired() async throws {
        let gate = Gate()
        let stage = try Stage(FakeRuntime(gate: gate))
        let app = try await deploy(on: stage)
        let before = stage.runtime.started.count
        gate.close()
        try await stage.platform.start()
        while gate.waiting < Reconciler.startsAtATime { await Task.yield() }
        try await stage.platform.reconciler.scale(app.id, to: try stage.formation(of: app, [:]))
        gate.open()
        while await !stage.platform.reconciler.isEmpty(app.id) { await Task.yield() }
        #expect(stage.runtime.started.count == before + Reconciler.startsAtATime)
        await stage.close()
    }
}

extension Reconciler {
    fileprivate func isEmpty(_ app: AppID) -> Bool { apps[app]?.dynos.isEmpty ?? true }
}
