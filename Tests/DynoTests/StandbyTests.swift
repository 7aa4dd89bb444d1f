import Model
import Posix
import Testing

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

@Suite("The sandbox that stands by for the next dyno", .serialized, .timeLimit(.minutes(2)))
struct StandbyTests {
    /// A machine that has started a dyno before, so that the next one's sandbox stands.
    private static func machine() async throws -> Machine {
        let machine = try Machine(.best) { $0.standbyRest = .zero }
        #expect(try await machine.run("echo first").lines == ["first"])
        await machine.host.standbyIsReady()
        return machine
    }

    private static func names(_ home: String) -> [String] { (try? FileTree.names(in: "\(home)/run/standby")) ?? [] }

    /// The shim and the first process of those that stand by.
    private static func processes(_ home: String) -> [Int32] {
        let numbers = ((try? FileTree.names(in: "/proc")) ?? []).compactMap { Int32($0) }
        return numbers.filter { number in
            let words = (try? FileTree.readText("/proc/\(number)/cmdline")) ?? ""
            return words.contains("paas-dyno") && words.contains("\(home)/run/standby/")
        }
    }

    private static func inode(_ path: String) -> UInt64 {
        var info = stat()
        return stat(path, &info) == 0 ? UInt64(info.st_ino) : 0
    }

    private static func groups(_ folder: String) -> [String] {
        ((try? FileTree.readText("\(folder)/groups")) ?? "").split(separator: "\n").map(String.init)
    }

    @Test("is the next dyno's, and another one takes its place")
    func taken() async throws {
        let machine = try await Self.machine()
        let name = try #require(Self.names(machine.home).first)
        let lock = Self.inode("\(machine.home)/run/standby/\(name)/lock")
        let dyno = try await machine.host.start(machine.spec("sleep 600"))
        #expect(lock != 0 && Self.inode("\(machine.home)/run/dynos/\(dyno.id)/lock") == lock)
        await machine.host.standbyIsReady()
        let next = Self.names(machine.home)
        #expect(next.count == 1 && next != [name])
        let groups = Self.groups("\(machine.home)/run/dynos/\(dyno.id)")
        await dyno.release()
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos") == [])
        #expect(groups.allSatisfy { !FileTree.exists($0) })
        try await machine.leave()
    }

    /// What a command says of the dyno that it is in, and the limits of its control groups.
    private static func look(
        _ machine: Machine, _ command: String, _ layer: String
    ) async throws -> (text: String, limits: [String]) {
        let spec = try machine.spec(command, layers: [layer], environment: ["PS1": "it's> "])
        let dyno = try await machine.host.start(spec)
        let limits = groups("\(machine.home)/run/dynos/\(dyno.id)").flatMap { group in
            ["memory.limit_in_bytes", "memory.max", "pids.max"].compactMap { try? FileTree.readText("\(group)/\($0)") }
        }
        let text = await Transcript(dyno.events(from: 0)).text
        await dyno.release()
        let parts = text.split(separator: "\(dyno.id)", omittingEmptySubsequences: false)
        return (parts.joined(separator: "ID"), limits)
    }

    @Test("makes a dyno that is like any other, within and without")
    func same() async throws {
        let machine = try await Self.machine()
        let layer = try machine.layer("slug", ["given": "of the slug\n"])
        let command = """
            id; hostname; umask; env | sort | grep -v '^_='; cat given /etc/passwd /etc/group /etc/bash.bashrc /etc/hosts
            find / -xdev -maxdepth 2 -printf '%M %u %g %p %l\\n' | sort
            find /dev /sys /app /tmp /var -maxdepth 3 -printf '%M %u %g %p %l\\n' 2>&1 | grep -v ' /sys/devices/' | sort
            awk '{print $5, $6}' /proc/self/mountinfo | sort; grep /dev/shm /proc/self/mounts
            grep -c -E ' (master|shared):' /proc/self/mountinfo
            grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Sig)' /proc/self/status; cat /proc/self/limits
            cat /sys/fs/cgroup/memory.max; ls /proc/self/fd; echo /proc/[0-9]*; echo new >>given; cat given
            cd / && touch app/x tmp/x var/tmp/x dev/shm/x && touch x usr/x etc/x
            """
        let name = try #require(Self.names(machine.home).first)
        let fromStandby = try await Self.look(machine, command, layer)
        #expect(!Self.names(machine.home).contains(name))
        await machine.host.standbyIsReady()
        let plain = try Machine(.best, home: machine.home) { $0.standsBy = false }
        let expected = try await Self.look(plain, command, layer)
        #expect(fromStandby.text == expected.text)
        #expect(fromStandby.limits == expected.limits)
        try await machine.leave()
    }

    @Test("that was killed is in nobody's way, and is replaced")
    func killed() async throws {
        let machine = try await Self.machine()
        let name = Self.names(machine.home)
        for process in Self.processes(machine.home) { kill(process, SIGKILL) }
        #expect(try await eventually { Self.processes(machine.home).isEmpty })
        #expect(try await machine.run("echo second").lines == ["second"])
        await machine.host.standbyIsReady()
        #expect(try await eventually { Self.names(machine.home).count == 1 })
        #expect(Self.names(machine.home) != name)
        try await machine.leave()
    }

    @Test("that has lost its first process is in nobody's way")
    func halfKilled() async throws {
        let machine = try await Self.machine()
        kill(try #require(Self.processes(machine.home).max()), SIGKILL)
        #expect(try await machine.run("echo second").lines == ["second"])
        try await machine.leave()
    }

    @Test("is not used once something else is mounted on the machine", .needsRoot)
    func outOfDate() async throws {
        let machine = try await Self.machine()
        let name = Self.names(machine.home)
        let place = "\(machine.home)/mounted"
        try FileTree.makeFolder(place)
        let (mounted, _, errors) = try Subprocess.capture(
            "/bin/mount", arguments: ["-t", "tmpfs", "tmpfs", place], environment: [:])
        try #require(mounted.isSuccess, "\(String(decoding: errors, as: UTF8.self))")
        #expect(try await machine.run("echo second").lines == ["second"])
        await machine.host.standbyIsReady()
        #expect(try await eventually { Self.names(machine.home).count == 1 })
        #expect(Self.names(machine.home) != name)
        _ = try Subprocess.capture("/bin/umount", arguments: [place], environment: [:])
        try await machine.leave()
    }

    @Test("lets go of what the machine unmounts", .needsRoot)
    func unmounted() async throws {
        let machine = try Machine(.best) { $0.standbyRest = .zero }
        let place = "\(machine.home)/mounted"
        try FileTree.makeFolder(place)
        _ = try Subprocess.capture("/bin/mount", arguments: ["-t", "tmpfs", "tmpfs", place], environment: [:])
        #expect(try await machine.run("echo first").lines == ["first"])
        await machine.host.standbyIsReady()
        func holders() -> [Int32] {
            Self.processes(machine.home).filter {
                ((try? FileTree.readText("/proc/\($0)/mountinfo")) ?? "").contains(" \(place) ")
            }
        }
        #expect(!holders().isEmpty)
        _ = try Subprocess.capture("/bin/umount", arguments: [place], environment: [:])
        #expect(try await eventually { holders().isEmpty && Self.processes(machine.home).count == 2 })
        #expect(try await machine.run("echo second").lines == ["second"])
        try await machine.leave()
    }

    @Test(
        "that hangs is not waited for: the dyno starts without it, and nothing of it is left", arguments: [true, false])
    func hangs(shimToo: Bool) async throws {
        let machine = try await Self.machine()
        let processes = Self.processes(machine.home).sorted()
        // The first process of the sandbox is the shim's child.
        for process in shimToo ? processes : Array(processes.suffix(1)) { kill(process, SIGSTOP) }
        #expect(try await machine.run("echo second").lines == ["second"])
        #expect(processes.allSatisfy { !FileTree.exists("/proc/\($0)/fd/0") })
        try await machine.leave()
    }

    @Test("that hangs is ended by down")
    func hangsAtDown() async throws {
        let machine = try await Self.machine()
        let processes = Self.processes(machine.home)
        for process in processes { kill(process, SIGSTOP) }
        await machine.host.removeEverything()
        #expect(processes.allSatisfy { !FileTree.exists("/proc/\($0)/fd/0") })
        #expect(try FileTree.names(in: "\(machine.home)/run").isEmpty)
        try await machine.leave()
    }

    @Test("that hangs and has lost its daemon is ended by the next one")
    func hangsAlone() async throws {
        let machine = try Machine(.best)
        let owner = try Owner(home: machine.home)
        let (process, _) = try owner.start(.best, "leave", "sleep 600", try machine.layer("slug"))
        #expect(try await eventually { Self.processes(machine.home).count == 2 })
        let processes = Self.processes(machine.home)
        for one in processes { kill(one, SIGSTOP) }
        kill(process, SIGKILL)
        _ = try Subprocess.wait(process)
        for dyno in await machine.host.adopt() { await dyno.release() }
        #expect(processes.allSatisfy { !FileTree.exists("/proc/\($0)/fd/0") })
        #expect(Self.names(machine.home).isEmpty)
        try await machine.leave()
    }

    @Test("is not for a dyno with a terminal, which needs another one")
    func terminal() async throws {
        let machine = try await Self.machine()
        let name = Self.names(machine.home)
        let spec = try machine.spec("tty", streams: .terminal(rows: 24, columns: 80))
        #expect(try await machine.output(of: spec).ending == .code(0))
        #expect(Self.names(machine.home) == name)
        try await machine.leave()
    }

    @Test("goes with a daemon that is killed, and takes what it made with it")
    func killedDaemon() async throws {
        let machine = try Machine(.best)
        let owner = try Owner(home: machine.home)
        let (process, _) = try owner.start(.best, "leave", "sleep 600", try machine.layer("slug"))
        #expect(try await eventually { Self.processes(machine.home).count == 2 })
        let groups = Self.names(machine.home).flatMap { Self.groups("\(machine.home)/run/standby/\($0)") }
        kill(process, SIGKILL)
        _ = try Subprocess.wait(process)
        #expect(try await eventually { Self.processes(machine.home).isEmpty })
        #expect(try await eventually { Self.names(machine.home).isEmpty })
        #expect(groups.allSatisfy { !FileTree.exists($0) })
        // The dyno itself lives on.
        let dyno = try #require(await machine.host.adopt().first)
        await dyno.release()
        try await machine.leave()
    }

    @Test("that was killed with its daemon leaves nothing once the next one is there")
    func killedBoth() async throws {
        let machine = try Machine(.best)
        let owner = try Owner(home: machine.home)
        let (process, _) = try owner.start(.best, "leave", "sleep 600", try machine.layer("slug"))
        #expect(try await eventually { Self.processes(machine.home).count == 2 })
        let groups = Self.names(machine.home).flatMap { Self.groups("\(machine.home)/run/standby/\($0)") }
        for one in Self.processes(machine.home) + [process] { kill(one, SIGKILL) }
        _ = try Subprocess.wait(process)
        for dyno in await machine.host.adopt() { await dyno.release() }
        #expect(Self.names(machine.home).isEmpty)
        #expect(groups.allSatisfy { !FileTree.exists($0) })
        try await machine.leave()
    }

    @Test("is gone after down")
    func down() async throws {
        let machine = try await Self.machine()
        let groups = Self.names(machine.home).flatMap { Self.groups("\(machine.home)/run/standby/\($0)") }
        #expect(Self.processes(machine.home).count == 2)
        await machine.host.removeEverything()
        #expect(Self.processes(machine.home).isEmpty)
        #expect(try FileTree.names(in: "\(machine.home)/run").isEmpty)
        #expect(groups.allSatisfy { !FileTree.exists($0) })
        try await machine.leave()
    }

    @Test("weighs less than a megabyte")
    func memory() async throws {
        let machine = try await Self.machine()
        let sizes = Self.processes(machine.home).compactMap { process -> Int? in
            let lines = (try? FileTree.readText("/proc/\(process)/smaps_rollup").split(separator: "\n")) ?? []
            // What is its own: all of them share the program.
            let own = lines.filter { $0.hasPrefix("Private_") }
            return own.compactMap { $0.split(separator: " ").dropLast().last.flatMap { Int($0) } }.reduce(0, +)
        }
        #expect(sizes.count == 2)
        #expect(sizes.reduce(0, +) < 1024, "\(sizes) KB")
        try await machine.leave()
    }
}
