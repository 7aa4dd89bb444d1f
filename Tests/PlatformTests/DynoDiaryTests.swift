import Model
import PlatformSupport
import Synchronization
import Testing

@testable import Platform

@Suite("A dyno's life in the log", .timeLimit(.minutes(1)))
struct DynoDiaryTests {
    @Test("of a first start")
    func start() async throws {
        let stage = try Stage()
        let app = try await deployed("first", on: stage)
        #expect(
            await heroku(stage, app) == [
                "Starting process with command `serve`", "State changed from starting to up",
            ])
        await stage.close()
    }

    @Test("of a crash: the end, the reason, crashed, and at once the next start")
    func crash() async throws {
        let stage = try Stage()
        let app = try await deployed("crash", on: stage)
        stage.runtime.started[0].say("bash: line 1: gunicorn: command not found")
        stage.runtime.started[0].end(.code(127))
        try await until { await heroku(stage, app).count == 8 }
        #expect(
            await heroku(stage, app).dropFirst(2) == [
                "Process exited with status 127", "command not found: gunicorn", "State changed from up to crashed",
                "State changed from crashed to starting", "Starting process with command `serve`",
                "State changed from starting to up",
            ])
        await stage.close()
    }

    @Test("of a second crash: it stays crashed for a while, and ps says why")
    func secondCrash() async throws {
        let stage = try Stage(FakeRuntime { $0.end(.signal(11)) }, sleep: Self.forever)
        let app = try await deployed("fragile", on: stage)
        try await until { await stage.platform.reconciler.dynos(of: app.id).first?.state == .crashed }
        try await until { stage.runtime.started.count == 2 }
        try await until { await stage.platform.reconciler.dynos(of: app.id).first?.reason != nil }
        let dyno = try #require(await stage.platform.reconciler.dynos(of: app.id).first)
        #expect(dyno.reason == "exited with status 139: ended by SIGSEGV")
        #expect(dyno.since.microseconds > 0)
        await stage.close()
    }

    @Test("of a web dyno that does not listen in time: what it does instead, R10, SIGKILL")
    func bootTimeout() async throws {
        let stage = try Stage(FakeRuntime { $0.launch() }, sleep: Self.atOnce(.seconds(60)))
        let (app, report) = try await deploy("deaf", on: stage)
        #expect(
            report
                == .crashed(
                    reason: "web.1 did not listen on $PORT within 60 seconds (R10): it listens on no port",
                    lastLines: []))
        #expect(
            await heroku(stage, app).prefix(5) == [
                "Starting process with command `serve`", "it listens on no port",
                "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch",
                "Stopping process with SIGKILL", "Process exited with status 143",
            ])
        await stage.close()
    }

    @Test("of one that listens elsewhere names the place in the push, too")
    func elsewhere() async throws {
        let stage = try Stage(
            FakeRuntime {
                $0.launch()
                $0.note("listens on 3000, not on $PORT (20117)")
                $0.end(.code(1))
            })
        let (_, report) = try await deploy("elsewhere", on: stage)
        let reason = "web.1 exited with status 1: listens on 3000, not on $PORT (20117)"
        #expect(report == .crashed(reason: reason, lastLines: []))
        await stage.close()
    }

    @Test("of a JVM app gives it 90 seconds")
    func virtualMachine() async throws {
        let stage = try Stage(FakeRuntime { $0.launch() }, sleep: Self.atOnce(.seconds(90)))
        let (_, report) = try await deploy("enterprise", on: stage, buildpack: "Java")
        guard case .crashed(let reason, _) = report else { throw NotCrashed() }
        #expect(reason.hasPrefix("web.1 did not listen on $PORT within 90 seconds (R10)"))
        await stage.close()
    }

    @Test("of one whose port somebody has taken: the thief, and one more start on another port")
    func thief() async throws {
        let starts = Mutex(0)
        let stage = try Stage(
            FakeRuntime { dyno in
                let start = starts.withLock { count in
                    count += 1
                    return count
                }
                guard start == 1 else { return dyno.bind() }
                dyno.lose(PortThief(port: 20_117, userID: 0, program: "python3", processID: 812))
                dyno.end(.code(98))
            })
        let (app, report) = try await deploy("robbed", on: stage)
        #expect(report == .up)
        #expect(
            await heroku(stage, app) == [
                "Starting process with command `serve`", "port 20117 is taken by python3 (pid 812)",
                "Process exited with status 98", "Starting process with command `serve` on another port",
                "State changed from starting to up",
            ])
        await stage.close()
    }

    @Test("of one whose port is taken twice is a crash that names the thief, and the dyno that it is in")
    func thiefAgain() async throws {
        let stage = try Stage(
            FakeRuntime { dyno in
                if dyno.spec.name.type != .web { return dyno.launch() }
                let id = DynoID()
                dyno.lose(PortThief(port: 20_117, userID: 0, program: "node", processID: 9, dyno: id))
                dyno.end(.code(98))
            })
        let (_, report) = try await deploy("twice", on: stage)
        let reason = "web.1 exited with status 98: port 20117 is taken by node (pid 9)"
        #expect(report == .crashed(reason: reason, lastLines: []))
        await stage.close()
    }

    @Test("of a restart that overlaps: Restarting, the new one, then SIGTERM to the old")
    func restart() async throws {
        let stage = try Stage()
        let app = try await deployed("again", on: stage)
        try await stage.platform.reconciler.restart(app.id) { _ in true }
        try await until { await heroku(stage, app).count == 7 }
        #expect(
            await heroku(stage, app).dropFirst(2) == [
                "Restarting", "Starting process with command `serve`", "State changed from starting to up",
                "Stopping all processes with SIGTERM", "Process exited with status 143",
            ])
        await stage.close()
    }

    @Test("of one that had written files says which are gone, and ps:lost knows them")
    func lost() async throws {
        let stage = try Stage()
        let app = try await stage.deployed("writer", ["web": "serve"]).app
        let files = (1...12).map { LostFile(path: "uploads/\($0).png", sizeBytes: Int64($0)) }
        stage.runtime.started[0].lose(LostFiles(files: files, count: 12, isComplete: true))
        stage.runtime.started[0].end(.code(0))
        try await until { await heroku(stage, app).count == 8 }
        let paths = (1...10).map { "uploads/\($0).png" }.joined(separator: ", ")
        #expect(
            await heroku(stage, app)[3]
                == "Wrote 12 files under /app that are gone now: \(paths) and 2 more."
                + " Files do not outlive a dyno: keep such data in a database add-on or in object storage."
                + " All of them: paas ps:lost web.1")
        let losses = try await stage.platform.losses(of: app)
        #expect(losses.map(\.files.files) == [files])
        #expect(try await stage.platform.losses(of: app, dyno: DynoName("web.2")) == [])
        await stage.close()
    }

    // MARK: Stage directions

    private struct NotCrashed: Error {}
    private struct NeverHappened: Error {}

    private static let forever: @Sendable (Duration) async throws -> Void = { _ in
        try await Task.sleep(for: .seconds(86_400))
    }

    /// Waits no time at all for what takes exactly that long.
    private static func atOnce(_ limit: Duration) -> @Sendable (Duration) async throws -> Void {
        { duration in if duration != limit { try await Task.sleep(for: duration) } }
    }

    private func deployed(_ name: String, on stage: borrowing Stage) async throws -> App {
        try await deploy(name, on: stage).0
    }

    private func deploy(
        _ name: String, on stage: borrowing Stage, buildpack: String = "Test"
    ) async throws -> (App, BootReport) {
        let (app, _) = try await stage.app(name, ["web": "serve"])
        let blueprint = try stage.blueprint(of: app, version: 3, ["web": "serve"], buildpack: buildpack)
        let report = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        return (app, report)
    }

    /// What the dyno manager has said about web.1.
    private func heroku(_ stage: borrowing Stage, _ app: App) async -> [String] {
        await stage.log(of: app).filter { $0.hasPrefix("heroku[web.1]: ") }.map { String($0.dropFirst(15)) }
    }

    private func until(_ isTrue: () async -> Bool) async throws {
        for _ in 0..<3000 {
            if await isTrue() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NeverHappened()
    }
}
