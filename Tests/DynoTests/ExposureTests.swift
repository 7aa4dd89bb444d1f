import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

extension Trait where Self == ConditionTrait {
    /// nftables, and the right to make networks for a test.
    static var needsFirewall: Self {
        .enabled("needs root, nft and ip") {
            geteuid() == 0 && access("/usr/sbin/nft", X_OK) == 0
                && (access("/usr/bin/ip", X_OK) == 0 || access("/usr/sbin/ip", X_OK) == 0)
        }
    }
}

@Suite("Who reaches a dyno", .timeLimit(.minutes(2)))
struct ExposureTests {
    /// Two networks of the test's own with a cable between them: one is the machine, the other is somebody else's.
    private static let script = """
        set -u; owner=$1 home=$2 shim=$3
        ip link set lo up; ip link add here type veth peer name there
        unshare --net sleep 60 & other=$!
        until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
        ip link set there netns $other; ip address add 10.9.8.1/24 dev here; ip link set here up
        nsenter --target $other --net sh -c 'ip address add 10.9.8.2/24 dev there; ip link set there up'
        python3 -c 'if True:
            import socket, time
            servers = [socket.create_server(("0.0.0.0", port)) for port in (21234, 31234)]
            time.sleep(60)' & server=$!
        until (exec 3<>/dev/tcp/127.0.0.1/31234) 2>/dev/null; do sleep 0.01; done
        from_there() { nsenter --target $other --net timeout 1 bash -c "exec 3<>/dev/tcp/10.9.8.1/$1" 2>/dev/null \
            && echo reached || echo kept; }
        from_there 21234
        "$owner" "$home" "$shim" - guard raise; "$owner" "$home" "$shim" - guard raise
        "$owner" "$home-2" "$shim" - guard raise; nft list tables | wc -l
        from_there 21234; from_there 31234; (exec 3<>/dev/tcp/127.0.0.1/21234) && echo local
        "$owner" "$home" "$shim" - guard lower; nft list tables | wc -l; from_there 21234
        "$owner" "$home-2" "$shim" - guard lower; nft list tables | wc -l; from_there 21234
        kill $other $server
        """

    @Test("on its lease: nobody but this machine, while the rule stands; two homes have a rule each", .needsFirewall)
    func rule() async throws {
        let home = try Scratch.make()
        let words = [Built.program("dyno-owner"), home, Built.program("paas-dyno")]
        let result = try await BlockingPool().run {
            try Subprocess.capture(
                "/usr/bin/unshare", arguments: ["--net", "bash", "-c", Self.script, "bash"] + words,
                environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
        }
        let text = String(decoding: result.output + result.errors, as: UTF8.self)
        #expect(
            text.split(separator: "\n") == [
                "reached", "kept to loopback", "kept to loopback", "kept to loopback", "2", "kept", "reached", "local",
                "lowered", "1", "kept", "lowered", "0", "reached",
            ], "\(text)")
        try FileTree.remove(home)
    }

    @Test("is said once it listens on all addresses, where no rule keeps it", .needsRoot)
    func note() async throws {
        let owner = try Owner(user: 4321)
        let script =
            "exec python3 -c 'import socket,os,time; s=socket.create_server((\"0.0.0.0\", int(os.environ[\"PORT\"]))); time.sleep(0.5)'"
        let lines = try await owner.run(.l1, "serve", script)
        let notes = lines.filter { $0.hasPrefix("note ") }
        let isAlone = NetworkAddresses.reachable().isEmpty
        #expect(notes.count == (isAlone ? 0 : 1), "\(lines)")
        #expect(
            notes.allSatisfy { $0.hasPrefix("note listens on every address of this machine: others may reach it at ") })
        try owner.leave()
    }

    @Test("from an ordinary user's platform is what doctor says, with what helps")
    func report() async throws {
        let owner = try Owner(user: geteuid() == 0 ? 4321 : geteuid())
        let lines = try await owner.run(nil, "guard", "raise")
        #expect(lines.first == "only root may make the rule that would prevent it")
        try owner.leave()
    }
}
