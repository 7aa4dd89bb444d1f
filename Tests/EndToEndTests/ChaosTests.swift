import TestSupport
import Testing

extension EndToEnd {
    /// Some tens of seconds of it, the same in every run; `PAAS_CHAOS_SEED` and `PAAS_CHAOS_SECONDS` ask for another
    /// course and for a longer one.
    @Suite("Whoever dies at whatever moment of a change")
    struct ChaosTests {
        @Test("leaves the change done or undone, and nothing half", .timeLimit(.minutes(60)))
        func changes() async throws { try await storm(seconds: 30) }

        @Test("leaves it so where dynos are kept apart less", .timeLimit(.minutes(60)), arguments: ["L1b", "L3"])
        func weakerLevels(_ level: String) async throws { try await storm(level: level, seconds: 15) }

        @Test("leaves it so for an ordinary user", .timeLimit(.minutes(60)), .needsRoot)
        func ordinaryUser() async throws {
            try await Account.with { account in try await storm(account: account, seconds: 15) }
        }

        private func storm(account: Account? = nil, level: String? = nil, seconds: Int) async throws {
            let seed = environmentVariable("PAAS_CHAOS_SEED").flatMap { UInt64($0) } ?? 1
            let length = environmentVariable("PAAS_CHAOS_SECONDS").flatMap { Int($0) } ?? seconds
            print("chaos: seed \(seed), \(length) s, level \(level ?? "best"), user \(account?.name ?? "own")")
            let settings = ["PAAS_STOP_GRACE": "3"]
            try await TestPlatform.with(account: account, level: level, settings: settings) { platform in
                var scene = try await Scene(on: platform, seed: seed)
                let end = ContinuousClock.now + .seconds(length)
                repeat { try await scene.round() } while ContinuousClock.now < end
            }
        }

        @Test("of its first start leaves a home that the next start takes", .timeLimit(.minutes(5)))
        func firstStart() async throws {
            try await TestPlatform.with(starts: false) { platform in
                var random = SeededGenerator(seed: 2)
                for _ in 1...8 {
                    try await platform.shell("rm -f home/platform.db*").orThrow()
                    let up = try platform.command(["paas", "up", "--port", "\(platform.port)"]).start()
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...150, using: &random)))
                    platform.kill(.everything)
                    _ = try await up.ends()
                    // Killed while it made the database, perhaps: the next one takes what is there.
                    try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                    try await platform.paas("down").orThrow()
                }
                try await platform.paas("up").orThrow()
                let app = try await TestApp("sound", on: platform, files: AppFiles.python("sound"))
                try await app.push().orThrow()
                #expect(try await app.get().body == "sound")
            }
        }

        @Test("of paas down or apps:destroy leaves nothing once that is done again", .timeLimit(.minutes(5)))
        func goingDown() async throws {
            try await TestPlatform.with { platform in
                var random = SeededGenerator(seed: 3)
                for round in 1...6 {
                    let app = try await TestApp("brief\(round)", on: platform, files: AppFiles.python("brief"))
                    try await app.push().orThrow()
                    let isDown = round % 2 == 0
                    let words = isDown ? ["paas", "down"] : ["paas", "apps:destroy", app.name, "--confirm", app.name]
                    let command = try platform.command(words).start()
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &random)))
                    platform.kill(Bool.random(using: &random) ? .daemon : .everythingButDynos)
                    _ = try await command.ends()
                    if isDown { try await platform.paas("down").orThrow() }
                    // Destroyed or not: the next command says which, and it is so.
                    if try await platform.paas("apps", "--json").output.contains("\"\(app.name)\"") {
                        #expect(try await app.get().body == "brief")
                        try await platform.paas("apps:destroy", app.name, "--confirm", app.name).orThrow()
                    }
                    let left = "ls home/git home/cache home/logs home/run/dynos 2>/dev/null | grep -v : | grep ."
                    #expect(try await eventually { try await !platform.shell(left).succeeded })
                }
            }
        }
    }
}

/// One app under changes and killings, and what has to be true of it after each round.
private struct Scene {
    private enum Change: CaseIterable { case push, config, restart, scale, nothing }

    private let platform: TestPlatform
    private let app: TestApp
    private var random: SeededGenerator
    private var count = 0
    /// What was acknowledged last: the code, the config var, the number of web dynos.
    private var code = "c0"
    private var value = "unset"
    private var quantity = 1

    init(on platform: TestPlatform, seed: UInt64) async throws {
        self.platform = platform
        random = SeededGenerator(seed: seed)
        app = try await TestApp("storm", on: platform, files: AppFiles.python("c0"))
        try await app.push().orThrow()
    }

    mutating func round() async throws {
        count += 1
        let change = Change.allCases.randomElement(using: &random) ?? .nothing
        let victim = Victim.allCases.randomElement(using: &random) ?? .daemon
        let moment = Int.random(in: 0...700, using: &random)
        let next = (code: "c\(count)", value: "v\(count)", quantity: Int.random(in: 1...3, using: &random))
        let words = try await prepare(change, next)
        let title = "round \(count): \(words.joined(separator: " ")), \(victim) killed after \(moment) ms"
        print(title)
        let isAlone = victim == .daemon
        var outcome: Outcome?
        let report = try await SteadyRequests.during(platform, app.host) {
            let command = try platform.command(words, in: app.folder).start()
            try await Task.sleep(for: .milliseconds(moment))
            platform.kill(victim)
            outcome = try await command.ends()
            if victim.takesDaemon { try await app.paas("ps").orThrow() }
        }
        // Only the death of the daemon is to go unnoticed by clients; the others take what they carry with them.
        if isAlone { #expect(report.failures.isEmpty, "\(title): \(report)") }
        try await check(title, change, next, isDone: outcome?.succeeded ?? false)
    }

    private func prepare(
        _ change: Change, _ next: (code: String, value: String, quantity: Int)
    ) async throws -> [String] {
        switch change {
        case .push:
            try await app.commit(["server.py": AppFiles.pythonServer(next.code)])
            return ["git", "push", "-f", "paas", "main"]
        case .config: return ["paas", "config:set", "V=\(next.value)"]
        case .restart: return ["paas", "ps:restart"]
        case .scale: return ["paas", "ps:scale", "web=\(next.quantity)"]
        case .nothing: return ["true"]
        }
    }

    /// What was acknowledged holds; what was not has happened whole or not at all.
    private mutating func check(
        _ title: String, _ change: Change, _ next: (code: String, value: String, quantity: Int), isDone: Bool
    ) async throws {
        let is200 = try await eventually { try await app.get().status == 200 }
        #expect(is200, "\(title)")
        let served = try await (code: app.get().body, value: app.get("/env/V").body)
        let told = try await app.paas("config:get", "V").trimmed
        let web = try await platform.shell("paas ps -a storm | sed -n 's/.*(\\([0-9]*\\))$/\\1/p'").trimmed
        #expect(served.value == (told.isEmpty ? "unset" : told), "\(title): what is served is not what is current")
        switch change {
        case .push where isDone: code = next.code
        case .config where isDone: value = next.value
        case .scale where isDone: quantity = next.quantity
        case .push where served.code == next.code: code = next.code
        case .config where served.value == next.value: value = next.value
        case .scale where Int(web) == next.quantity: quantity = next.quantity
        default: break
        }
        #expect(served.code == code && served.value == value, "\(title): \(served), not \(code) and \(value)")
        #expect(Int(web) == quantity, "\(title): \(web) web dynos, not \(quantity)")
        let releases = try await app.paas("releases", "--json").output
        #expect(!releases.contains("\"pending\""), "\(title): \(releases)")
        let wanted = quantity
        #expect(try await eventually { platform.shims == wanted }, "\(title): \(platform.shims) dynos live")
    }
}
