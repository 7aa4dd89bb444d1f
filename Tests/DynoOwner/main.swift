internal import Dyno
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

// A daemon in small, for tests that need one in a process of its own: to be killed, or to be another user's.
//
//     dyno-owner HOME SHIM LEVEL start COMMAND [LAYER]   starts a dyno and prints its events until it has ended
//     dyno-owner HOME SHIM LEVEL leave COMMAND [LAYER]   starts a dyno, prints its id, and waits to be killed
//     dyno-owner HOME SHIM LEVEL time COMMAND [LAYER]    prints how long 40 starts took, in microseconds, sorted
//     dyno-owner HOME SHIM -     sandbox                 prints the level of this machine
let arguments = CommandLine.arguments

func say(_ text: String) {
    // At once, not when a buffer is full.
    try? Descriptor(owning: dup(1)).writeAll(Array("\(text)\n".utf8))
}

func show(_ event: DynoEvent) {
    switch event {
    case .launched: say("launched")
    case .bound(let endpoint): say("bound \(endpoint)")
    case .line(let message, _, _): say("line \(String(decoding: message, as: UTF8.self))")
    case .dropped(let bytes): say("dropped \(bytes)")
    case .note(let text): say("note \(text)")
    case .ended(let ending): say("ended \(ending)")
    }
}

func time(_ host: DynoHost, _ spec: DynoSpec) async throws {
    var times: [UInt64] = []
    for _ in 0..<40 {
        let next = DynoSpec(
            app: spec.app, appOrdinal: spec.appOrdinal, name: spec.name, content: spec.content, command: spec.command,
            environment: spec.environment)
        let before = Moment.monotonicNanoseconds
        let dyno = try await host.start(next)
        times.append((Moment.monotonicNanoseconds - before) / 1000)
        await dyno.release()
    }
    say(times.sorted().map(String.init).joined(separator: " "))
}

func run() async throws {
    guard arguments.count >= 5, let name = DynoName("web.1") else { return say("usage") }
    let home = arguments[1]
    let host = DynoHost(
        DynoHost.Settings(
            runFolder: "\(home)/run", shimProgram: arguments[2], homeFolder: home,
            forcedLevel: SandboxLevel(rawValue: arguments[3])),
        reactor: try Reactor(), pool: BlockingPool())
    if arguments[4] == "sandbox" {
        let report = await host.sandbox()
        say(report.level.rawValue)
        for line in report.missing + report.mend { say(line) }
        return
    }
    let spec = DynoSpec(
        app: AppID(), appOrdinal: 7, name: name, content: .slug(layers: Array(arguments[6...])), command: arguments[5],
        environment: ["SECRET": "hidden-value"], tags: ["version": "v3"])
    do {
        if arguments[4] == "time" { return try await time(host, spec) }
        let dyno = try await host.start(spec)
        if arguments[4] == "leave" {
            say(dyno.id.description)
            try await Task.sleep(for: .seconds(600))
        }
        for await event in dyno.events(from: 0) { show(event) }
        await dyno.release()
    } catch let failure as DynoStartFailure {
        say("failed \(failure.explanation.why)")
    }
}

try await run()
