import Model
import Posix
import Testing

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A dyno's memory", .serialized, .timeLimit(.minutes(2)))
struct MemoryTests {
    /// How it may be counted here.
    static let ways: [Way] = SandboxLevel.possible.flatMap {
        [Way(level: $0, group: true), Way(level: $0, group: false)]
    }
    .filter { !$0.group || GroupPlaces.find().memory != nil }

    struct Way: Sendable, CustomTestStringConvertible {
        let level: SandboxLevel
        let group: Bool
        var testDescription: String { "\(level.rawValue), \(group ? "control group" : "measured")" }

        func machine() throws -> Machine {
            let group = group
            return try Machine(level) { $0.usesGroups = group }
        }
    }

    private static let small = DynoSize(name: "Basic", memoryMiB: 64, processLimit: 256, dollarsPerMonth: 0)

    /// Holds so many MiB until it is told to end.
    private static func holding(_ megabytes: Int) -> String {
        "exec /usr/bin/python3 -c 'import time; x = b\"x\" * (\(megabytes) << 20); print(\"full\", flush=True); time.sleep(600)'"
    }

    @Test("above its quota goes on, with Heroku's two lines", arguments: ways)
    func warned(_ way: Way) async throws {
        let machine = try way.machine()
        let dyno = try await machine.host.start(machine.spec(Self.holding(80), size: Self.small))
        var notes: [String] = []
        for await event in dyno.events(from: 0) {
            guard case .note(let text) = event else { continue }
            notes.append(text)
            if text.hasPrefix("Error") { break }
        }
        #expect(notes.count == 2, "\(notes)")
        #expect(
            notes.first?.wholeMatch(of: /Process running mem=[6-9][0-9]M\(1[0-4][0-9]\.[0-9]%\)/) != nil, "\(notes)")
        #expect(notes.last == "Error R14 (Memory quota exceeded)")
        #expect(await dyno.stop(grace: .seconds(10)).ending == .signal(15))
        await dyno.release()
        try await machine.leave()
    }

    @Test("counts files in memory that no process shows as its own", arguments: ways)
    func files(_ way: Way) async throws {
        let machine = try way.machine()
        let command = """
            exec /usr/bin/python3 -c 'if True:
                import os, time
                file = os.memfd_create("hidden")
                for piece in range(300): os.write(file, bytes(1 << 20))
                time.sleep(600)'
            """
        let transcript = try await machine.output(of: machine.spec(command, size: Self.small))
        #expect(transcript.ending?.status == 137, "\(transcript.events)")
        #expect(transcript.notes.contains("Error R15 (Memory quota vastly exceeded)"), "\(transcript.notes)")
        try await machine.leave()
    }

    @Test("at twice its quota is ended with R15 and SIGKILL", arguments: ways)
    func killed(_ way: Way) async throws {
        let machine = try way.machine()
        let transcript = try await machine.output(of: machine.spec(Self.holding(300), size: Self.small))
        #expect(transcript.ending?.status == 137, "\(transcript.events)")
        let last = Array(transcript.notes.suffix(3))
        #expect(last.first?.hasPrefix("Process running mem=") == true, "\(transcript.notes)")
        #expect(last.dropFirst() == ["Error R15 (Memory quota vastly exceeded)", "Stopping process with SIGKILL"])
        try await machine.leave()
    }

    @Test("that only a child of the command takes ends the dyno all the same", arguments: ways)
    func child(_ way: Way) async throws {
        let machine = try way.machine()
        let command = "(\(Self.holding(300))) & while :; do sleep 0.1; done"
        let transcript = try await machine.output(of: machine.spec(command, size: Self.small))
        #expect(transcript.ending?.status == 137)
        #expect(transcript.notes.contains("Error R15 (Memory quota vastly exceeded)"), "\(transcript.notes)")
        try await machine.leave()
    }

    @Test("does not count the pages of files", arguments: ways.filter { $0.level.hasOverlay })
    func cache(_ way: Way) async throws {
        let machine = try way.machine()
        let command = "head -c 200000000 /dev/zero >big; cat big big >/dev/null; sleep 1; wc -c <big"
        let transcript = try await machine.output(of: machine.spec(command, size: Self.small))
        #expect(transcript.lines == ["200000000"])
        #expect(transcript.notes.isEmpty)
        try await machine.leave()
    }

    @Test("stands in the files where programs look for it", arguments: SandboxLevel.possible.filter(\.hasAppFolder))
    func files(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let command = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max"
        #expect(try await machine.run(command).lines == ["536870912", "536870912"])
        try await machine.leave()
    }

    @Test("stands in a variable of the start-up scripts, and of theirs alone, where the dyno has no root of its own")
    func variable() async throws {
        let machine = try Machine(.l3)
        let layer = try machine.layer("slug", [".profile.d/size.sh": "echo $DYNO_MEMORY_MB"])
        let transcript = try await machine.run("echo ${DYNO_MEMORY_MB:-unset}", layers: [layer])
        #expect(transcript.lines == ["512", "unset"])
        try await machine.leave()
    }

    @Test("is watched without a daemon, too", arguments: [true, false])
    func alone(_ group: Bool) async throws {
        let owner = try Owner()
        let level: SandboxLevel = group ? .best : .l1
        let (process, id) = try owner.start(level, "leave", Self.holding(1200))
        kill(process, SIGKILL)
        let exitFile = "\(owner.home)/run/dynos/\(id)/exit"
        #expect(try await eventually(within: 60) { FileTree.exists(exitFile) })
        let machine = try Machine(level, home: owner.home)
        let dyno = try #require(await machine.host.adopt().first)
        let transcript = await Transcript(dyno.events(from: 0))
        #expect(transcript.ending?.status == 137)
        #expect(transcript.notes.contains("Error R15 (Memory quota vastly exceeded)"), "\(transcript.notes)")
        await dyno.release()
        try await machine.leave()
    }

    @Test("of an ordinary user's dyno is limited as well", .needsRoot, arguments: [SandboxLevel.l1, .l3])
    func ordinaryUser(_ level: SandboxLevel) async throws {
        let owner = try Owner(user: 12_321)
        let lines = try await owner.run(level, "start", Self.holding(1200))
        #expect(lines.contains("note Error R15 (Memory quota vastly exceeded)"), "\(lines)")
        #expect(lines.last == "ended status 137")
        try owner.leave()
    }
}

extension Trait where Self == ConditionTrait {
    static var needsControlGroups: Self {
        .enabled("needs control groups") { GroupPlaces.find() != .none }
    }
}

@Suite("A dyno's control groups", .timeLimit(.minutes(2)), .needsControlGroups)
struct ControlGroupTests {
    /// The folders of the dyno's groups, as its run folder has them.
    private func groups(_ machine: Machine, _ id: String) throws -> [String] {
        try FileTree.readText("\(machine.home)/run/dynos/\(id)/groups").split(separator: "\n").map(String.init)
    }

    @Test("hold its processes, and go when it ends")
    func life() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(machine.spec("sleep 600"))
        let folders = try groups(machine, "\(dyno.id)")
        #expect(!folders.isEmpty)
        for folder in folders {
            #expect(try FileTree.readText("\(folder)/cgroup.procs").split(separator: "\n").count >= 2)
        }
        _ = await dyno.stop(grace: .seconds(10))
        await dyno.release()
        #expect(folders.allSatisfy { !FileTree.exists($0) })
        try await machine.leave()
    }

    @Test("are taken away by the next daemon when shim and daemon were killed")
    func lost() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(machine.spec("sleep 600"))
        let folders = try groups(machine, "\(dyno.id)")
        kill(dyno.shimProcessID, SIGKILL)
        let next = machine.successor()
        for dyno in await next.adopt() { await dyno.release() }
        #expect(folders.allSatisfy { !FileTree.exists($0) })
        await next.removeEverything()
        await dyno.release()
        try await machine.leave()
    }

    @Test("are found where the kernel's tables say, in both versions of the kernel's interface")
    func tables() {
        let separate = GroupTable(
            mounts: """
                30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro
                31 30 0:27 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw
                33 30 0:29 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory
                34 30 0:30 /docker/1f /sys/fs/cgroup/pids rw,nosuid - cgroup cgroup rw,pids
                """,
            groups: "9:pids:/docker/1f\n4:memory:/user.slice\n0::/\n")
        #expect(separate.memory?.own == "/sys/fs/cgroup/memory/user.slice")
        #expect(separate.processes?.own == "/sys/fs/cgroup/pids")
        #expect(separate.unified?.own == "/sys/fs/cgroup/unified")
        let unified = GroupTable(
            mounts: "31 30 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n",
            groups: "0::/user.slice/user-1000.slice/paas.scope/paas-daemon\n")
        #expect(unified.unified?.own == "/sys/fs/cgroup/user.slice/user-1000.slice/paas.scope")
    }

    @Test("are made in the daemon's own group, else as high above it as its user may: below what systemd gave him")
    func candidates() {
        let session = GroupTable(
            mounts: "24 22 0:22 / /sys/fs/cgroup rw,nosuid shared:5 - cgroup2 cgroup2 rw,nsdelegate\n",
            groups: "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n")
        #expect(
            session.unified?.candidates == [
                "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope",
                "/sys/fs/cgroup", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup/user.slice/user-1000.slice",
                "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service",
                "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice",
            ])
        let top = GroupTable(mounts: "24 22 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", groups: "0::/\n")
        #expect(top.unified?.candidates == ["/sys/fs/cgroup"])
    }
}

@Suite("The rules about memory")
struct MemoryWatchTests {
    private let second: UInt64 = 1_000_000_000
    private func megabytes(_ count: UInt64) -> UInt64 { count << 20 }

    @Test("say R14 each 20 seconds while a dyno is above its quota, and not when it is not")
    func each20Seconds() {
        var watch = MemoryWatch(quota: megabytes(512), longestInterval: second, now: 0)
        #expect(watch.look(usage: megabytes(512), hasRunOut: false, now: second).isEmpty)
        let warning: [LimitFinding] = [
            .say("Process running mem=516M(100.7%)"), .say("Error R14 (Memory quota exceeded)"),
        ]
        #expect(watch.look(usage: megabytes(516), hasRunOut: false, now: 2 * second) == warning)
        #expect(watch.look(usage: megabytes(516), hasRunOut: false, now: 21 * second).isEmpty)
        #expect(watch.look(usage: megabytes(516), hasRunOut: false, now: 22 * second) == warning)
        #expect(watch.look(usage: megabytes(300), hasRunOut: false, now: 43 * second).isEmpty)
    }

    @Test("say R15 once, at twice the quota or when the kernel had to end a process")
    func once() {
        var grown = MemoryWatch(quota: megabytes(512), longestInterval: second, now: 0)
        let end: [LimitFinding] = [
            .say("Process running mem=1028M(200.7%)"), .say("Error R15 (Memory quota vastly exceeded)"),
            .say("Stopping process with SIGKILL"), .kill,
        ]
        #expect(grown.look(usage: megabytes(1028), hasRunOut: false, now: second) == end)
        #expect(grown.look(usage: megabytes(1028), hasRunOut: false, now: 30 * second).isEmpty)
        var killed = MemoryWatch(quota: megabytes(512), longestInterval: second, now: 0)
        #expect(
            killed.look(usage: megabytes(9), hasRunOut: true, now: second).first
                == .say("Process running mem=1024M(200.0%)"))
    }

    @Test("look seldom at a dyno at rest, and often at one that grows")
    func pace() {
        var watch = MemoryWatch(quota: megabytes(512), longestInterval: second, now: 0)
        var now: UInt64 = 0
        for _ in 0..<10 {
            now = watch.nextLook
            _ = watch.look(usage: megabytes(20), hasRunOut: false, now: now)
        }
        #expect(watch.nextLook == now + second)
        now = watch.nextLook
        _ = watch.look(usage: megabytes(60), hasRunOut: false, now: now)
        #expect(watch.nextLook == now + MemoryWatch.shortestInterval)
    }
}
