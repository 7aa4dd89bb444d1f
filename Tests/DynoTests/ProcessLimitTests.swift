import Model
import Posix
import Testing

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A dyno's processes", .serialized, .timeLimit(.minutes(3)))
struct ProcessLimitTests {
    private static let small = DynoSize(name: "Basic", memoryMiB: 512, processLimit: 32, dollarsPerMonth: 0)
    /// Forks until nothing more can be had, holds what it has, and never gives up.
    private static let bomb = """
        import os, signal, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        def fork():
            if os.fork() == 0:
                time.sleep(600)
                os._exit(0)
        count = 0
        try:
            while count < 5000:
                fork()
                count += 1
        except OSError: pass
        print(count, flush=True)
        while len(sys.argv) == 1:
            try: fork()
            except OSError: time.sleep(0.01)
        """
    private static let files = ["bomb.py": bomb]

    @Test(
        "are limited: a fork bomb stops at the limit, others go on, and it can be stopped",
        arguments: MemoryTests.ways.filter { [.l0, .l1].contains($0.level) })
    func bomb(_ way: MemoryTests.Way) async throws {
        let machine = try way.machine()
        let dyno = try await machine.host.start(
            machine.spec(
                "exec /usr/bin/python3 bomb.py", layers: [machine.layer("slug", Self.files)], size: Self.small))
        var found = ""
        for await event in dyno.events(from: 0) {
            guard case .line(let message, _, _) = event else { continue }
            found = String(decoding: message, as: UTF8.self)
            break
        }
        let count = try #require(Int(found), "\(found)")
        // Where only the app's user can be counted, its dynos have their limits in common.
        let shared = way.level == .l0 && !way.group ? 16 : 1
        #expect(count <= 32 * shared, "\(found)")
        let other = try machine.spec("(sleep 0.01 & wait); echo works")
        let neighbour = DynoSpec(
            app: AppID(), appOrdinal: 8, name: other.name, content: other.content, command: other.command,
            environment: [:])
        #expect(try await machine.output(of: neighbour).lines == ["works"])
        let (ending, killed) = await dyno.stop(grace: .milliseconds(200))
        #expect(killed && ending.status == 137)
        await dyno.release()
        try await machine.leave()
    }

    @Test("of an ordinary user are limited as well", .needsRoot, arguments: [SandboxLevel.l1, .l3])
    func ordinaryUser(_ level: SandboxLevel) async throws {
        let owner = try Owner(user: 12_322)
        let layer = try owner.layer(Self.files)
        let lines = try await owner.run(level, "start", "exec /usr/bin/python3 bomb.py once", layer)
        let count = try #require(lines.first { $0.hasPrefix("line ") }.flatMap { Int($0.dropFirst(5)) }, "\(lines)")
        #expect((50...300).contains(count), "\(lines)")
        #expect(lines.last?.hasPrefix("ended") == true)
        try owner.leave()
    }

    @Test("may open 10,000 files where the machine lets them, and are told where not", arguments: SandboxLevel.possible)
    func manyFiles(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let script = """
            import resource
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            files = []
            try:
                while len(files) < 10000: files.append(open("/dev/null"))
                print("all", hard >= 10000)
            except OSError as failure: print(failure.strerror, hard >= 10000)
            """
        let layer = try machine.layer("files", ["many.py": script])
        let transcript = try await machine.run(
            "ulimit -n $(ulimit -Hn); exec /usr/bin/python3 many.py", layers: [layer])
        #expect(["all True", "Too many open files False"].contains(transcript.text), "\(transcript.events)")
        #expect(transcript.ending == .code(0))
        try await machine.leave()
    }
}
