import Posix

/// Ends what a test process leaves running when it is killed half way: daemons, shims and dynos are made to live on.
///
/// It is a process of its own that reads from this one; the kernel tells it when this one is gone, however it ended.
package final class Watchdog: Sendable {
    private let line: Descriptor

    /// `nil` where there is no Python: then nobody watches.
    private static let shared = try? Watchdog()

    /// Everything that has to do with the scratch folder is ended, and the folder removed, unless it is forgotten first.
    package static func watch(_ folder: String) { shared?.tell("+\(folder)") }

    package static func forget(_ folder: String) { shared?.tell("-\(folder)") }

    private init() throws {
        // A watchdog that has died must not take the tests with it.
        Signals.ignoreBrokenPipes()
        let pipe = try Pipe()
        let null = try Descriptor(opening: "/dev/null", 1)
        // Reaped by nobody: it outlives this process.
        _ = try Subprocess.start(
            "/usr/bin/env", arguments: ["python3", "-c", Self.program], environment: ["PATH": Programs.systemPath],
            folder: "/", descriptors: [pipe.read.raw, null.raw, null.raw])
        line = try pipe.write.duplicate()
    }

    private func tell(_ text: String) {
        try? line.writeAll(Array("\(text)\n".utf8))
    }

    private static let program = """
        import os, shutil, signal, subprocess, sys

        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
            signal.signal(number, signal.SIG_IGN)
        folders = set()
        for line in sys.stdin:
            (folders.add if line[0] == "+" else folders.discard)(line[1:].strip())

        def read(path):
            try:
                with open(path, "rb") as file:
                    return file.read()
            except OSError:
                return b""

        def link(path):
            try:
                return os.readlink(path).encode()
            except OSError:
                return b""

        def knows(process, folder):
            at = f"/proc/{process}"
            own = link(f"{at}/ns/mnt") == link("/proc/self/ns/mnt")
            texts = [read(f"{at}/cmdline"), read(f"{at}/environ"), link(f"{at}/cwd"), b"" if own else read(f"{at}/mountinfo")]
            return any(folder.encode() in text for text in texts)

        for folder in folders:
            for _ in range(5):
                for name in filter(str.isdigit, os.listdir("/proc")):
                    if int(name) != os.getpid() and knows(name, folder):
                        try:
                            os.kill(int(name), signal.SIGKILL)
                        except OSError:
                            pass
            mounts = [line.split()[4].decode() for line in read("/proc/self/mountinfo").splitlines()]
            for mount in sorted((mount for mount in mounts if mount.startswith(folder)), reverse=True):
                subprocess.run(["umount", "-l", mount])
            subprocess.run(["chmod", "-R", "u+rwX", folder])
            shutil.rmtree(folder, ignore_errors=True)

        """
}
