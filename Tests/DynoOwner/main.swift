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
//     dyno-owner HOME SHIM LEVEL serve COMMAND [LAYER]   as start, with a port, and after it has looked who reaches it
//     dyno-owner HOME SHIM -     guard raise|lower       keeps ports to loopback, or does so no more
//     dyno-owner HOME SHIM -     sandbox                 prints the level of this machine
//
// PAAS_SCRATCH_DISKS=off: without file systems of dynos' own; PAAS_STANDBY=off: without a shim that stands by.
// And for measuring, in microseconds:
//
//     dyno-owner HOME SHIM LEVEL time:N COMMAND [LAYER]  for each of N starts, when the command ran and when it spoke
//     dyno-owner HOME SHIM LEVEL count COMMAND [LAYER]   when it said its last line, when all was read, its lines,
//                                                        those that do not look like `line … end`, their bytes, and
//                                                        the bytes that were dropped
//     dyno-owner HOME SHIM -     adopt                   how many dynos an earlier daemon has left, and their adoption
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
    case .portTaken(let thief): say("taken \(thief.sentence(owner: nil))")
    case .lost(let files): say("lost \(files.files.map(\.path).joined(separator: " "))")
    case .ended(let ending): say("ended \(ending)")
    }
}

func time(_ count: Int, _ host: DynoHost, _ spec: DynoSpec) async throws {
    for _ in 0..<count {
        let next = DynoSpec(
            app: spec.app, appOrdinal: spec.appOrdinal, name: spec.name, content: spec.content, command: spec.command,
            environment: spec.environment)
        await host.standbyIsReady()
        let before = Moment.monotonicNanoseconds
        let dyno = try await host.start(next)
        let launched = Moment.monotonicNanoseconds
        var spoke = launched
        for await event in dyno.events(from: 0) {
            guard case .line = event else { continue }
            spoke = Moment.monotonicNanoseconds
        }
        say("\((launched - before) / 1000) \((spoke - before) / 1000)")
        await dyno.release()
    }
}

func countLines(_ host: DynoHost, _ spec: DynoSpec) async throws {
    let before = Moment.monotonicNanoseconds
    let dyno = try await host.start(spec)
    let began = Moment.realtimeMicroseconds
    var (lines, torn, bytes, dropped) = (0, 0, 0, UInt64(0))
    var (spoke, read) = (began, before)
    for await events in dyno.eventBatches(from: 0) {
        for event in events {
            switch event {
            case .line(let message, let time, _):
                spoke = time.microseconds
                lines += 1
                bytes += message.count + 1
                if !message.starts(with: Array("line ".utf8)) || message.suffix(4) != Array(" end".utf8)[...] {
                    torn += 1
                }
            case .dropped(let count): dropped += count
            case .ended: read = Moment.monotonicNanoseconds
            case .launched, .bound, .note, .portTaken, .lost: break
            }
        }
    }
    await dyno.release()
    say("\(spoke - began) \((read - before) / 1000) \(lines) \(torn) \(bytes) \(dropped)")
}

func adopt(_ host: DynoHost) async {
    let before = Moment.monotonicNanoseconds
    let dynos = await host.adopt()
    say("\(dynos.count) \((Moment.monotonicNanoseconds - before) / 1000)")
}

func run() async throws {
    guard arguments.count >= 5, let name = DynoName("web.1") else { return say("usage") }
    let home = arguments[1]
    var settings = DynoHost.Settings(
        runFolder: "\(home)/run", shimProgram: arguments[2], homeFolder: home,
        forcedLevel: SandboxLevel(rawValue: arguments[3]))
    settings.usesDisks = Environment["PAAS_SCRATCH_DISKS"] != "off"
    settings.standsBy = Environment["PAAS_STANDBY"] != "off"
    let host = DynoHost(settings, reactor: try Reactor(), pool: BlockingPool())
    if arguments[4] == "adopt" { return await adopt(host) }
    if arguments[4] == "sandbox" {
        let report = await host.sandbox()
        say(report.level.rawValue)
        for line in report.missing + report.mend { say(line) }
        return
    }
    if arguments[4] == "guard" {
        let report = await host.guardPorts()
        if arguments[5] == "lower" { await host.removeEverything() }
        return say(arguments[5] == "lower" ? "lowered" : report.obstacle ?? "kept to loopback")
    }
    if arguments[4] == "serve" { _ = await host.guardPorts() }
    let spec = DynoSpec(
        app: AppID(), appOrdinal: 7, name: name, content: .slug(layers: Array(arguments[6...])), command: arguments[5],
        environment: ["SECRET": "hidden-value"], wantsPort: arguments[4] == "serve", tags: ["version": "v3"])
    do {
        if arguments[4].hasPrefix("time:") { return try await time(Int(arguments[4].dropFirst(5)) ?? 1, host, spec) }
        if arguments[4] == "count" { return try await countLines(host, spec) }
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
