import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("The process that shims are forks of", .timeLimit(.minutes(2)))
struct NurseryTests {
    @Test(
        "is one for all dynos of a daemon; when it is killed or hangs they run on, and the next dyno has a new one",
        arguments: [SIGKILL, SIGSTOP])
    func killed(_ signal: Int32) async throws {
        let machine = try Machine(.best)
        let first = try await machine.host.start(machine.spec("read -t 60 < <(sleep 60)"))
        let second = try await machine.host.start(machine.spec("read -t 60 < <(sleep 60)"))
        let nursery = try #require(parent(of: first.shimProcessID))
        #expect(parent(of: second.shimProcessID) == nursery)

        kill(nursery, signal)
        let third = try await machine.host.start(machine.spec("read -t 60 < <(sleep 60)"))
        #expect(!FileTree.exists("/proc/\(nursery)"))
        #expect(parent(of: third.shimProcessID) != parent(of: first.shimProcessID))
        for dyno in [first, second, third] {
            #expect(await dyno.stop(grace: .seconds(5)).ending.status == 143)
            await dyno.release()
        }
        try await machine.leave()
    }

    @Test("ends with its daemon, and its dynos run on")
    func daemonKilled() async throws {
        let machine = try Machine(.best)
        let (daemon, _) = try Owner(home: machine.home).start(.best, "leave", "read -t 60 < <(sleep 60)")
        let processes = try FileTree.names(in: "/proc").compactMap { Int32($0) }
        let nursery = try #require(processes.first { parent(of: $0) == daemon })
        kill(daemon, SIGKILL)
        _ = try Subprocess.wait(daemon)
        #expect(try await eventually { !FileTree.exists("/proc/\(nursery)") })
        let dyno = try #require(await machine.successor().adopt().first)
        #expect(await dyno.stop(grace: .seconds(5)).ending.status == 143)
        await dyno.release()
        try await machine.leave()
    }

    @Test("leaves its arguments to the shim, which has its run folder there")
    func arguments() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(machine.spec("read -t 60 < <(sleep 60)"))
        let line = try FileTree.read("/proc/\(dyno.shimProcessID)/cmdline")
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        #expect(words == [Built.program("paas-dyno"), "\(machine.home)/run/dynos/\(dyno.id)"])
        #expect(await dyno.stop(grace: .seconds(5)).ending.status == 143)
        await dyno.release()
        try await machine.leave()
    }

    private func parent(of process: Int32) -> Int32? {
        guard let status = try? FileTree.readText("/proc/\(process)/stat"), let close = status.lastIndex(of: ")") else {
            return nil
        }
        return status[close...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) }
    }
}
