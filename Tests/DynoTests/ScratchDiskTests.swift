import Model
import Posix
import Testing

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A dyno's own file system, as root", .serialized, .needsLoopDevices, .timeLimit(.minutes(3)))
struct ScratchDiskTests {
    private static let quota: UInt64 = 20 << 20

    private static func machine() throws -> Machine {
        try Machine(.l0) {
            $0.disk.scratchBytes = quota
            // One that stands by has a disk as well; here they are counted.
            $0.standsBy = false
        }
    }

    @Test(
        "is full at the quota: the app gets \"No space left on device\" and runs on, and its log says so once",
        arguments: ["/app/big", "/tmp/big", "/var/tmp/big"])
    func full(_ path: String) async throws {
        let machine = try Self.machine()
        let layer = try machine.layer("slug", ["given": String(repeating: "x", count: 30 << 20)])
        let command = """
            head -c 200000000 /dev/zero >\(path); stat -c %s \(path); sleep 5
            rm \(path); echo again >\(path); cat \(path); sleep 3; echo alive
            """
        let transcript = try await machine.run(command, layers: [layer])
        #expect(transcript.lines.first?.hasSuffix("No space left on device") == true, "\(transcript.lines)")
        let size = try #require(transcript.lines.dropFirst().first.flatMap { UInt64($0) })
        #expect(size >= Self.quota - Self.quota / 100 && size <= Self.quota + Self.quota / 20, "\(size)")
        #expect(transcript.lines.dropFirst(2) == ["again", "alive"])
        #expect(transcript.ending == .code(0))
        #expect(transcript.notes.count == 1, "\(transcript.notes)")
        #expect(
            transcript.notes.first == """
                Disk full: this dyno has written the 20 MB that /app, /tmp and /var/tmp have room for; until it removes \
                some of it, writing fails with "No space left on device"
                """)
        try await machine.leave()
    }

    @Test("counts removed files that are still open, and more files than the quota has blocks")
    func hidden() async throws {
        let machine = try Self.machine()
        let open = try await machine.run("exec 9>big; rm big; head -c 200000000 /dev/zero >&9; echo on")
        #expect(open.lines.first?.hasSuffix("No space left on device") == true, "\(open.lines)")
        #expect(open.lines.last == "on")
        let many = try await machine.run(
            """
            exec /usr/bin/python3 -c 'if True:
                count = 0
                try:
                    while True:
                        open(f"/tmp/{count}", "w").write("x")
                        count += 1
                except OSError as error:
                    print(count, error.strerror)'
            """)
        let words = many.lines.last?.split(separator: " ", maxSplits: 1) ?? []
        #expect(words.last == "No space left on device", "\(many.lines)")
        #expect(words.first.flatMap { Int($0) }.map { (4_500...5_500).contains($0) } == true, "\(many.lines)")
        try await machine.leave()
    }

    @Test("goes at the dyno's stop with all that was written: no mount, loop device or file is left")
    func stop() async throws {
        let machine = try Self.machine()
        let command = "head -c 10000000 /dev/zero >big; echo written; sleep 600"
        let dyno = try await machine.host.start(machine.spec(command))
        for await event in dyno.events(from: 0) { if case .line = event { break } }
        #expect(try await eventually { LoopDevices.count(of: machine.home) == ScratchDisks.readyCount + 1 })
        // Nobody else sees it.
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos/\(dyno.id)/scratch").isEmpty)
        #expect(try !FileTree.readText("/proc/self/mountinfo").contains(machine.home))
        _ = await dyno.stop(grace: .zero)
        await dyno.release()
        #expect(try await eventually { LoopDevices.count(of: machine.home) == ScratchDisks.readyCount })
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos").isEmpty)
        await machine.host.removeEverything()
        #expect(try await eventually { LoopDevices.count(of: machine.home) == 0 })
        #expect(try FileTree.names(in: "\(machine.home)/run").isEmpty)
        try await machine.leave()
    }

    @Test("goes with its dyno when the shim is killed")
    func killedShim() async throws {
        let machine = try Self.machine()
        let dyno = try await machine.host.start(machine.spec("echo x >/tmp/x; echo written; sleep 600"))
        for await event in dyno.events(from: 0) { if case .line = event { break } }
        kill(dyno.shimProcessID, SIGKILL)
        #expect(await Transcript(dyno.events(from: 0)).ending == .lost)
        await dyno.release()
        #expect(try await eventually { LoopDevices.count(of: machine.home) == ScratchDisks.readyCount })
        try await machine.leave()
        #expect(try await eventually { LoopDevices.count(of: machine.home) == 0 })
    }

    @Test("stays with its dyno when the daemon is killed, and goes when that ends; those that were ready go at once")
    func killedDaemon() async throws {
        let machine = try Self.machine()
        let owner = try Owner(home: machine.home)
        let layer = try machine.layer("slug")
        let command = "trap 'cat /tmp/x; exit' TERM; echo kept >/tmp/x; sleep 600 & wait"
        let (process, id) = try owner.start(.l0, "leave", command, layer)
        kill(process, SIGKILL)
        _ = try Subprocess.wait(process)
        #expect(try await eventually { LoopDevices.count(of: machine.home) == 1 })
        let dyno = try #require(await machine.host.adopt().first)
        #expect("\(dyno.id)" == id)
        _ = await dyno.stop(grace: .seconds(5))
        #expect(await Transcript(dyno.events(from: 0)).lines == ["kept"])
        await dyno.release()
        #expect(try await eventually { LoopDevices.count(of: machine.home) == 0 })
        try await machine.leave()
    }

    @Test("goes when daemon and shim are killed")
    func killedBoth() async throws {
        let machine = try Self.machine()
        let owner = try Owner(home: machine.home)
        let (process, _) = try owner.start(.l0, "leave", "sleep 600", try machine.layer("slug"))
        kill(process, SIGKILL)
        _ = try Subprocess.wait(process)
        let dyno = try #require(await machine.host.adopt().first)
        kill(dyno.shimProcessID, SIGKILL)
        #expect(try await eventually { LoopDevices.count(of: machine.home) == 0 })
        try await machine.leave()
    }

    @Test("is had by each of thirty dynos that start at once")
    func crowd() async throws {
        let machine = try Self.machine()
        try await withThrowingTaskGroup(of: RunningDyno.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    try await machine.host.start(machine.spec("mkdir /tmp/mine && stat -f -c %b /tmp && sleep 600"))
                }
            }
            var dynos: [RunningDyno] = []
            for try await dyno in group { dynos.append(dyno) }
            #expect(LoopDevices.count(of: machine.home) >= 30)
            for dyno in dynos {
                for await case .line(let text, _, _) in dyno.events(from: 0) {
                    let blocks = UInt64(String(decoding: text, as: UTF8.self)) ?? 0
                    #expect(blocks * 4096 >= Self.quota && blocks * 4096 < Self.quota + Self.quota / 10)
                    break
                }
            }
        }
        try await machine.leave()
        #expect(try await eventually { LoopDevices.count(of: machine.home) == 0 })
    }

    @Test("has the size that a later daemon is told")
    func otherSize() async throws {
        let machine = try Self.machine()
        _ = try await machine.run("echo x >/tmp/x")
        let later = try Machine(.l0, home: machine.home) { $0.disk.scratchBytes = Self.quota * 2 }
        let blocks = try await later.run("stat -f -c %a /tmp").lines.first.flatMap { UInt64($0) } ?? 0
        #expect(blocks * 4096 >= Self.quota * 2 && blocks * 4096 < Self.quota * 2 + Self.quota / 10)
        await machine.host.removeEverything()
        try await later.leave()
    }

    @Test("is not for builds, which only the machine limits")
    func build() async throws {
        let machine = try Self.machine()
        let tree = try machine.layer("tree")
        let cache = try machine.layer("cache")
        let spec = DynoSpec(
            app: AppID(), appOrdinal: 7, name: try #require(DynoName("run.1")),
            content: .build(DynoSpec.BuildFolders(tree: tree, cache: cache)),
            command: "head -c 100000000 /dev/zero >big && head -c 100000000 /dev/zero >/tmp/big && echo written",
            environment: [:])
        let transcript = try await machine.output(of: spec)
        #expect(transcript.lines == ["written"])
        try await machine.leave()
    }

    @Test("is done without where none can be made: what the dyno writes is watched, and the reason told")
    func obstacle() async throws {
        // A file of that size no file system takes.
        let machine = try Machine(.l0) { $0.disk.scratchBytes = 1 << 62 }
        #expect(try await machine.run("echo x >/tmp/x; cat /tmp/x").lines == ["x"])
        let words = await machine.host.sandbox().limits.last ?? ""
        #expect(words.hasPrefix("scratch: ") && words.hasSuffix("File too large)"), "\(words)")
        #expect(words.contains(" MB a dyno, watched ("), "\(words)")
        #expect(LoopDevices.count(of: machine.home) == 0)
        try await machine.leave()
    }

    @Test("is told where limits are told")
    func told() async throws {
        let machine = try Self.machine()
        #expect(await machine.host.sandbox().limits.last == "scratch: 20 MB a dyno, each on a file system of its own")
        try await machine.leave()
        let without = try Machine(.l0) { $0.usesDisks = false }
        #expect(await without.host.sandbox().limits.last == "scratch: 1024 MB a dyno, watched")
        try await without.leave()
    }
}

/// What the kernel says of its loop devices.
private enum LoopDevices {
    /// How many have a file below `folder`.
    static func count(of folder: String) -> Int {
        ((try? FileTree.names(in: "/sys/block")) ?? []).count { name in
            let file = try? FileTree.readText("/sys/block/\(name)/loop/backing_file", limit: 4096)
            return file?.hasPrefix("\(folder)/") == true
        }
    }
}

extension Trait where Self == ConditionTrait {
    fileprivate static var needsLoopDevices: Self {
        .enabled("needs root, loop devices and mkfs.ext4") {
            guard geteuid() == 0 else { return false }
            let folder = try Scratch.make()
            let disk = try? ScratchTemplate(in: "\(folder)/dynos", quotaBytes: 1 << 20).disk()
            disk?.letGo()
            try FileTree.remove(folder)
            return disk != nil
        }
    }
}
