import Model
import Posix
import Testing

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A dyno's scratch", .serialized, .timeLimit(.minutes(3)))
struct ScratchTests {
    private static func fill(_ path: String, megabytes: Int) -> String {
        "head -c \(megabytes << 20) /dev/zero >\(path); echo written; sleep 600"
    }

    /// Without a file system of its own, which dynos at L0 have where the machine can make them.
    private static func watched(_ level: SandboxLevel, megabytes: UInt64 = 20) throws -> Machine {
        try Machine(level) {
            $0.disk.scratchBytes = megabytes << 20
            $0.usesDisks = false
        }
    }

    @Test("is watched: who writes more than its limit is stopped, and told why", arguments: SandboxLevel.possible)
    func limit(_ level: SandboxLevel) async throws {
        let machine = try Self.watched(level)
        let layer = try machine.layer("slug", ["given": String(repeating: "x", count: 1000)])
        let transcript = try await machine.run(Self.fill("big", megabytes: 40), layers: [layer])
        #expect(transcript.ending?.status == 137)
        let first = try #require(transcript.notes.first)
        #expect(
            first.wholeMatch(
                of:
                    /Disk quota exceeded: .app, .tmp and .var.tmp hold [2-4][0-9] MB that this dyno wrote; its limit is 20 MB/
            )
                != nil, "\(first)")
        #expect(transcript.notes.last == "Stopping process with SIGKILL")
        #expect(transcript.notes.contains { $0.contains("object store") })
        try await machine.leave()
    }

    @Test("counts /tmp and /var/tmp", arguments: ["/tmp/big", "/var/tmp/big"])
    func temporary(_ path: String) async throws {
        let machine = try Self.watched(.best)
        #expect(try await machine.run(Self.fill(path, megabytes: 40)).ending?.status == 137)
        try await machine.leave()
    }

    @Test(
        "counts what is hidden: in a file without a name, in a locked folder, below folders too deep for a path",
        arguments: SandboxLevel.possible,
        [
            "exec 9>big; rm big; head -c 41943040 /dev/zero >&9",
            "[ $HOME = /app ] && cd /tmp; exec 9>big; rm big; head -c 41943040 /dev/zero >&9",
            "mkdir l; exec 9>l/big; chmod 0 l; head -c 41943040 /dev/zero >&9",
            """
            exec /usr/bin/python3 -c 'if True:
                import os, time
                for depth in range(50):
                    os.mkdir("d" * 200)
                    os.chdir("d" * 200)
                open("big", "wb").write(bytes(40 << 20))
                time.sleep(600)'
            """,
        ])
    func hidden(_ level: SandboxLevel, _ command: String) async throws {
        let machine = try Self.watched(level)
        let transcript = try await machine.run("\(command); sleep 600")
        #expect(transcript.ending?.status == 137)
        #expect(transcript.notes.first?.hasPrefix("Disk quota exceeded") == true, "\(transcript.notes)")
        try await machine.leave()
    }

    @Test("is not a file of the slug that is open without a name")
    func slugFile() async throws {
        let machine = try Self.watched(.best)
        let layer = try machine.layer("slug", ["given": String(repeating: "x", count: 30 << 20)])
        let command = "exec 9<given; rm given; head -c 5000000 /dev/zero >x; sleep 5"
        let transcript = try await machine.run(command, layers: [layer])
        #expect(transcript.notes.isEmpty, "\(transcript.notes)")
        try await machine.leave()
    }

    @Test("below its limit is left alone, whatever the slug brings along", arguments: SandboxLevel.possible)
    func below(_ level: SandboxLevel) async throws {
        let machine = try Self.watched(level)
        let layer = try machine.layer("slug", ["given": String(repeating: "x", count: 30 << 20)])
        let command = "head -c 5000000 /dev/zero >more; sleep 5; ls"
        let transcript = try await machine.run(command, layers: [layer])
        #expect(transcript.lines == ["given", "more"])
        #expect(transcript.notes.isEmpty, "\(transcript.notes)")
        try await machine.leave()
    }

    @Test(
        "on a disk that is almost full: who has written most is stopped, nobody else",
        arguments: [true, false])
    func reserve(usesDisks: Bool) async throws {
        let machine = try Machine(.best) {
            // More than any disk has, so that it is always almost full.
            $0.disk.reserveBytes = 1 << 60
            $0.usesDisks = usesDisks
        }
        let small = try await machine.host.start(machine.spec(Self.fill("/tmp/x", megabytes: 70)))
        let big = try await machine.host.start(machine.spec(Self.fill("/tmp/x", megabytes: 90)))
        let transcript = await Transcript(big.events(from: 0))
        #expect(transcript.ending?.status == 137)
        #expect(
            transcript.notes.first?.hasPrefix("Disk almost full: this dyno has written more than any other") == true)
        #expect(!FileTree.exists("\(machine.home)/run/dynos/\(small.id)/exit"))
        for dyno in [small, big] { await dyno.release() }
        try await machine.leave()
    }

    @Test("counts many small files as what they take on the disk")
    func manyFiles() async throws {
        let machine = try Self.watched(.best, megabytes: 4)
        let command = "mkdir /tmp/d; cd /tmp/d; for i in {1..3000}; do echo x >$i; done; echo written; sleep 600"
        let transcript = try await machine.run(command)
        #expect(transcript.ending?.status == 137)
        #expect(transcript.notes.first?.hasPrefix("Disk quota exceeded") == true)
        try await machine.leave()
    }
}

@Suite("Runtime metrics")
struct RuntimeMetricsTests {
    private let second: UInt64 = 1_000_000_000

    @Test("come each 20 seconds, in Heroku's words, and load averages once their window has passed")
    func lines() {
        let head = "source=web.1 dyno=heroku.7.5b1cb5a6-b95b-4bd4-8b4f-000000000000"
        var metrics = RuntimeMetrics(head: head, quota: 512 << 20, now: 0)
        var use = MemoryUse()
        use.anonymous = 188_795_453
        use.cache = 398_459
        use.pagesIn = 84_329
        use.pagesOut = 38_140
        var lines: [UInt64: [String]] = [:]
        for moment in stride(from: 5 * second, through: 60 * second, by: 5 * Int(second)) {
            let found = metrics.look(now: moment, running: 1, use: { use })
            if !found.isEmpty { lines[moment / second] = found }
        }
        let memory =
            "\(head) sample#memory_total=180.43MB sample#memory_rss=180.05MB sample#memory_cache=0.38MB"
            + " sample#memory_swap=0.00MB sample#memory_pgpgin=84329pages sample#memory_pgpgout=38140pages"
            + " sample#memory_quota=512.00MB"
        #expect(lines[20] == [memory])
        #expect(lines[40] == [memory])
        #expect(lines[60] == ["\(head) sample#load_avg_1m=0.63", memory])
        #expect(lines.count == 3)
    }

    @Test("are measured from the dyno's own processes", .timeLimit(.minutes(2)), arguments: MemoryTests.ways)
    func measured(_ way: MemoryTests.Way) async throws {
        let machine = try way.machine()
        let command = "exec /usr/bin/python3 -c 'import time; x = b\"x\" * (80 << 20); time.sleep(600)'"
        let dyno = try await machine.host.start(machine.spec(command, logsMetrics: true))
        var note = ""
        for await event in dyno.events(from: 0) {
            guard case .note(let text) = event else { continue }
            note = text
            break
        }
        #expect(note.hasPrefix("source=web.1 dyno=heroku.7.\(dyno.id) sample#memory_total="), "\(note)")
        let resident = try #require(note.firstMatch(of: /memory_rss=([0-9]+)\.[0-9]{2}MB/).flatMap { Int($0.1) })
        #expect((80...120).contains(resident), "\(note)")
        await dyno.release()
        try await machine.leave()
    }
}
