import Model
import Platform
import PlatformSupport
import TestSupport
import Testing

@testable import APIServer

@Suite("A scheduled job over the API", .timeLimit(.minutes(1)))
struct SchedulerRequestTests {
    private let path = "/paas/v1/apps/shop/scheduler"

    @Test("is made, shown with its next five times, run, remembered and removed")
    func life() async throws {
        let runtime = FakeRuntime { dyno in
            if dyno.spec.wantsPort { return dyno.bind() }
            dyno.launch()
            dyno.end(.code(3))
        }
        try await Door.with(runtime) { door in
            let app = try await door.stage.deployed("shop", ["web": "serve"]).app
            let without = try await door.ask("GET", "\(path)/jobs")
            #expect(without.status == 404 && without.text.contains("shop has no scheduler"), "\(without)")
            _ = try await door.stage.platform.createAddon(AddonRequest(plan: "scheduler:standard"), for: app)
            let body = #"{"command":"python check.py","schedule":"day@04:30","size":"eco"}"#
            let made = try await door.ask("POST", "\(path)/jobs", body)
            #expect(made.status == 201 && made.text.contains(#""frequency":"Daily at 04:30 UTC""#), "\(made)")
            #expect(made.text.contains(#""number":1"#) && made.text.contains(#""size":"Eco""#), "\(made)")
            #expect(try made.json()["next_runs"]?.list?.count == 5)
            let run = try await door.ask("POST", "\(path)/jobs/1/runs")
            let dyno = try #require(try run.json()["dyno"]?.text)
            #expect(run.status == 201 && dyno.hasPrefix("scheduler."), "\(run)")
            _ = await door.stage.log(of: app, until: "heroku[\(dyno)]: State changed from up to complete")
            let runs = try await door.ask("GET", "\(path)/runs?job=1")
            #expect(try runs.column("exit_status") == [.integer(3)] && runs.column("state") == [.string("ended")])
            let jobs = try await door.ask("GET", "\(path)/jobs")
            #expect(jobs.text.contains(#""last_run":{"#) && jobs.text.contains(#""exit_status":3"#), "\(jobs)")
            #expect(try await door.ask("DELETE", "\(path)/jobs/1").status == 200)
            #expect(try await door.ask("GET", "\(path)/jobs").text == "[]")
            #expect(try await door.ask("GET", "\(path)/runs").text == "[]")
        }
    }

    @Test("that can't be is refused with what would be one")
    func refused() async throws {
        try await Door.with { door in
            let app = try await door.stage.deployed("shop", ["web": "serve"]).app
            _ = try await door.stage.platform.createAddon(AddonRequest(plan: "scheduler"), for: app)
            let untimed = try await door.ask("POST", "\(path)/jobs", #"{"command":"true","schedule":"7m"}"#)
            #expect(untimed.status == 422 && untimed.text.contains("parts of 7 minutes"), "\(untimed)")
            let empty = try await door.ask("POST", "\(path)/jobs", #"{"command":" ","schedule":"day"}"#)
            #expect(empty.status == 422 && empty.text.contains("It has no command."), "\(empty)")
            #expect(try await door.ask("POST", "\(path)/jobs", "{}").status == 400)
            for request in [("DELETE", "jobs/7"), ("POST", "jobs/7/runs"), ("GET", "runs?job=7")] {
                #expect(try await door.ask(request.0, "\(path)/\(request.1)").status == 404)
            }
        }
    }
}
