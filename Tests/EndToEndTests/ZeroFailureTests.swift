import TestSupport
import Testing

extension EndToEnd {
    @Suite("No request fails")
    struct ZeroFailureTests {
        @Test(
            "while an app that knows nothing of it is pushed, configured, restarted, scaled and rolled back",
            .timeLimit(.minutes(10)), arguments: [1, 3])
        func everyChange(_ count: Int) async throws {
            try await TestPlatform.with { platform in
                let app = try await served("calm", web: count, AppFiles.python("one"), on: platform)
                func changed(_ name: String, _ change: () async throws -> Outcome) async throws {
                    let report = try await SteadyRequests.during(platform, app.host) {
                        let outcome = try await change()
                        #expect(outcome.succeeded, "\(name): \(outcome)")
                    }
                    #expect(report.failures.isEmpty, "\(name) at web=\(count): \(report)")
                    #expect(report.answered > 0, "\(name): \(report)")
                }
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                try await changed("git push") { try await app.push() }
                #expect(try await app.get().body == "two")
                try await changed("config:set") { try await app.paas("config:set", "COLOUR=blue") }
                #expect(try await app.get("/env/COLOUR").body == "blue")
                try await changed("ps:restart") { try await app.paas("ps:restart") }
                try await changed("ps:restart web.1") { try await app.paas("ps:restart", "web.1") }
                try await changed("ps:scale up") { try await app.paas("ps:scale", "web=\(count + 2)") }
                try await changed("ps:scale down") { try await app.paas("ps:scale", "web=\(count)") }
                try await changed("rollback") { try await app.paas("rollback", "v3") }
                #expect(try await app.get().body == "one")
            }
        }

        @Test(
            "that streams, uploads, keeps its connection, speaks HTTP/1.0 or is a WebSocket during a change",
            .timeLimit(.minutes(10)), arguments: [1, 3])
        func everyConnection(_ count: Int) async throws {
            try await TestPlatform.with { platform in
                let app = try await served("patient", web: count, AppFiles.streams, on: platform)
                func changed(_ change: () async throws -> Outcome) async throws {
                    let verdict = try await Witness.during(app) {
                        let outcome = try await change()
                        #expect(outcome.succeeded, "\(outcome)")
                    }
                    #expect(verdict.unharmed == Witness.kinds, "\(verdict)")
                }
                try await app.commit(["NEW": "1"])
                try await changed { try await app.push() }
                try await changed { try await app.paas("config:set", "COLOUR=blue") }
                try await changed { try await app.paas("ps:restart") }
                try await changed { try await app.paas("ps:scale", "web=\(count + 2)") }
                try await changed { try await app.paas("ps:scale", "web=\(count)") }
                try await changed { try await app.paas("rollback", "v3") }
            }
        }

        @Test("when new dynos do not come up: the old ones serve on as if nothing had been", .timeLimit(.minutes(10)))
        func refused() async throws {
            try await TestPlatform.with(settings: ["PAAS_BOOT_TIMEOUT": "4"]) { platform in
                var files = AppFiles.python("one")
                files["Procfile"] = "web: test -z \"$BREAK\" || exec $BREAK; exec python server.py\n"
                let app = try await served("stubborn", web: 3, files, on: platform)
                let report = try await SteadyRequests.during(platform, app.host) {
                    let ends = try await app.paas("config:set", "BREAK=false")
                    #expect(!ends.succeeded, "\(ends)")
                    let neverBinds = try await app.paas("config:set", "BREAK=sleep 1000")
                    #expect(!neverBinds.succeeded, "\(neverBinds)")
                }
                #expect(report.failures.isEmpty && report.bodies.keys.sorted() == ["one"], "\(report)")
                #expect(try await app.paas("config:get", "BREAK").trimmed == "")
                #expect(try await eventually { platform.shims == 3 }, "the dynos that failed are still there")
            }
        }

        @Test("while the only dyno boots: it waits", .timeLimit(.minutes(5)))
        func waits() async throws {
            try await TestPlatform.with { platform in
                var files = AppFiles.python("late")
                files["Procfile"] = "web: sleep 2; exec python server.py\n"
                let app = try await TestApp("late", on: platform, files: files)
                try await app.push().orThrow()
                try await app.paas("ps:scale", "web=0").orThrow()
                #expect(try await app.get().status == 503)
                try await app.paas("ps:scale", "web=1").orThrow()
                let answer = try await app.get()
                #expect(answer.status == 200 && answer.body == "late", "\(answer)")
            }
        }

        @Test("longer than the dyno's boot may take: it is told the fitting code", .timeLimit(.minutes(5)))
        func waitsInVain() async throws {
            try await TestPlatform.with(settings: ["PAAS_BOOT_TIMEOUT": "3"]) { platform in
                let files = ["requirements.txt": "", "Procfile": "web: sleep 1000\n"]
                let app = try await TestApp("vain", on: platform, files: files)
                try await app.push().orThrow()
                #expect(try await app.get().status == 503)
                try await app.logsSay("code=H10")
            }
        }

        @Test(
            "before its grace is over: a stream that never ends is cut then, and the dyno goes", .timeLimit(.minutes(5))
        )
        func grace() async throws {
            try await TestPlatform.with(settings: ["PAAS_STOP_GRACE": "2"]) { platform in
                let app = try await served("endless", web: 1, AppFiles.streams, on: platform)
                let client = """
                    import http.client, sys

                    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]), timeout=60)
                    connection.request("GET", "/drops/100000", headers={"Host": sys.argv[1]})
                    answer = connection.getresponse()
                    answer.read(5)
                    print("streaming", flush=True)
                    try:
                        answer.read()
                        print("ended in order")
                    except http.client.IncompleteRead:
                        print("cut")

                    """
                let stream = try platform.command(["python3", "-c", client, app.host, "\(platform.port)"]).start()
                try await stream.says("streaming")
                try await app.paas("ps:restart").orThrow()
                let ended = try await stream.ends()
                #expect(ended.text.contains("cut"), "\(ended)")
                #expect(try await eventually { platform.shims == 1 })
            }
        }

        /// An app with so many web dynos, all of which are up.
        private func served(
            _ name: String, web count: Int, _ files: [String: String], on platform: TestPlatform
        ) async throws -> TestApp {
            let app = try await TestApp(name, on: platform, files: files)
            try await app.push().orThrow()
            if count > 1 { try await app.paas("ps:scale", "web=\(count)").orThrow() }
            #expect(try await eventually { try await app.paas("ps").output.ranges(of: ": up ").count == count })
            return app
        }
    }
}
