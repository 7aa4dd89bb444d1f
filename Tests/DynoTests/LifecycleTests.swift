import Dyno
import Model
import Testing

@Suite("A dyno's life")
struct LifecycleTests {
    @Test("of a web dyno is up when it listens, not when it runs")
    func web() {
        var dyno = DynoLifecycle(.web)
        #expect(dyno.receive(.startAsked) == [.launch])
        #expect(dyno.receive(.launched) == [.startBootTimer])
        #expect(dyno.state == .starting)
        #expect(dyno.receive(.bound) == [.cancelBootTimer, .forgetCrashes, .addToRouter])
        #expect(dyno.state == .up)
    }

    @Test("of any other dyno is up when it runs", arguments: [DynoLifecycle.Kind.worker, .oneOff])
    func worker(_ kind: DynoLifecycle.Kind) {
        var dyno = DynoLifecycle(kind, state: .starting)
        #expect(dyno.receive(.launched) == [.forgetCrashes])
        #expect(dyno.state == .up)
    }

    @Test("that never binds is reported as R10 and killed")
    func bootTimeout() {
        var dyno = DynoLifecycle(.web, state: .starting)
        #expect(dyno.receive(.bootTimedOut) == [.report(.bootTimeout), .kill, .scheduleRestart])
        #expect(dyno.state == .crashed)
        #expect(dyno.receive(.ended(.signal(9))) == [])
    }

    @Test(
        "crashes when its process ends unasked, whatever the exit status",
        arguments: [DynoLifecycle.State.starting, .up], [Ending.code(0), .code(1), .signal(11), .lost])
    func crash(from state: DynoLifecycle.State, with ending: Ending) {
        for kind in [DynoLifecycle.Kind.web, .worker] {
            var dyno = DynoLifecycle(kind, state: state)
            #expect(dyno.receive(.ended(ending)).contains(.scheduleRestart))
            #expect(dyno.state == .crashed)
        }
    }

    @Test("of a one-off dyno is complete when its process ends, and never begins again")
    func oneOff() {
        var dyno = DynoLifecycle(.oneOff, state: .up)
        #expect(dyno.receive(.ended(.code(1))) == [])
        #expect(dyno.state == .complete)
        #expect(dyno.receive(.startAsked) == [])
    }

    @Test("leaves the router before it is told to stop, so no request is cut off")
    func drainsFirst() {
        var dyno = DynoLifecycle(.web, state: .up)
        #expect(dyno.receive(.stopAsked) == [.removeFromRouter, .terminate, .startStopTimer])
        #expect(dyno.receive(.stopTimedOut) == [.report(.exitTimeout), .kill])
        #expect(dyno.receive(.ended(.signal(9))) == [.cancelStopTimer])
        #expect(dyno.state == .down)
    }

    @Test("that is stopped while it starts is told once it runs")
    func stoppedEarly() {
        var dyno = DynoLifecycle(.worker, state: .starting)
        _ = dyno.receive(.stopAsked)
        #expect(dyno.receive(.launched) == [.terminate])
        #expect(dyno.state == .stopping)
    }
}

@Suite("A crashed dyno's restart")
struct RestartPolicyTests {
    @Test("comes at once, then after 1, 2, 4, … seconds, never more than a minute")
    func local() {
        var random = SeededGenerator(seed: 1)
        var policy = RestartPolicy()
        let waits = (0..<10).map { _ in policy.crashed(using: &random) }
        #expect(waits == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        policy.started()
        #expect(policy.crashed(using: &random) == .zero)
    }

    @Test("waits as Heroku does when asked to")
    func exact() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<200 {
            var policy = RestartPolicy(exact: true)
            #expect(policy.crashed(using: &random) == .zero)
            for minutes in [20, 40, 60, 180, 320, 320, 320] {
                let wait = policy.crashed(using: &random)
                #expect(wait >= .zero && wait <= .seconds(minutes * 60))
            }
        }
    }
}
