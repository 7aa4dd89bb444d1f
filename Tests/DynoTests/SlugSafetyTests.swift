import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Nothing that an app does to its tree", .timeLimit(.minutes(2)))
struct SlugSafetyTests {
    private static let files = [
        "appended": "a", "truncated": "t", "overwritten": "o", "mapped": "mmmm", "gone": "g", "mode": "m", "stamp": "s",
        "renamed": "r", "linked": "l", "folder/inside": "i", "folder/deeper/file": "f", "removed/one": "1",
        ".profile.d/own.sh": "export OWN=1", "same": "upper",
    ]

    /// Each way to change a tree that there is; what one level refuses the next allows, so nothing stops at a failure.
    private static let damage = """
        import mmap, os, shutil
        def attempt(body):
            try: body()
            except OSError: pass
        open("appended", "a").write("more")
        os.truncate("truncated", 0)
        with open("overwritten", "r+b") as f: f.write(b"X")
        with open("mapped", "r+b") as f:
            m = mmap.mmap(f.fileno(), 4); m[0:4] = b"MAPP"; m.flush(); m.close()
        os.remove("gone"); os.mkdir("gone")
        os.chmod("mode", 0o777)
        os.utime("stamp", (1, 1))
        attempt(lambda: os.rename("renamed", "folder/inside"))
        attempt(lambda: os.rename("folder", "moved"))
        os.link("linked", "second"); open("second", "w").write("through the second name")
        shutil.rmtree("removed"); os.symlink("/etc", "removed")
        open(".profile.d/evil.sh", "w").write("echo evil")
        open(".profile", "w").write("echo evil")
        open("new", "w").write("new")
        open("same", "w").write("changed")
        attempt(lambda: os.chmod(".", 0o777))
        attempt(lambda: os.setxattr("mode", "user.x", b"y"))
        print("damaged", flush=True)
        import time; time.sleep(60)
        """

    @Test("reaches the slug, another dyno, or the next boot", arguments: SandboxLevel.possible)
    func damage(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let layers = [
            try machine.layer("upper", Self.files.merging(["damage.py": Self.damage]) { $1 }),
            try machine.layer("lower", ["same": "lower", "below": "b", "folder/more": "m"]),
        ]
        // The first start may hand the layers over to the app's user.
        let look = "find . -type f | sort | xargs md5sum; echo own $OWN"
        let before = try await machine.run(look, layers: layers).lines
        #expect(before.count == Self.files.count + 4)
        let picture = try Self.picture(of: machine)

        let vandal = try await machine.host.start(machine.spec("exec python3 damage.py", layers: layers))
        for await event in vandal.events(from: 0) {
            guard case .line(let message, _, _) = event else { continue }
            #expect(message == Array("damaged".utf8))
            break
        }
        #expect(try await machine.run(look, layers: layers).lines == before, "a dyno that runs beside it")
        #expect(try Self.picture(of: machine) == picture, "the slug while it runs")
        _ = await vandal.stop(grace: .seconds(5))
        await vandal.release()
        #expect(try await machine.run(look, layers: layers).lines == before, "the next boot")
        #expect(try Self.picture(of: machine) == picture, "the slug afterwards")
        try await machine.leave()
    }

    /// Names, kinds, modes, owners, sizes, times, links and contents of all that the layers have.
    private static func picture(of machine: borrowing Machine) throws -> String {
        let line = "find . -printf '%p %y %m %U %s %T@ %n %l\\n' | sort; find . -type f | sort | xargs md5sum"
        let result = try Subprocess.capture(
            "/bin/bash", arguments: ["-c", "cd '\(machine.home)/slugs' && { \(line); }"],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"])
        return String(decoding: result.output, as: UTF8.self)
    }
}
