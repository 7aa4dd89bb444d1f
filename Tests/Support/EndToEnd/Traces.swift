import Posix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds what a platform left on the machine: processes, mounts, loop devices and sockets that know its scratch folder.
enum Traces {
    /// One line a trace; empty when nothing is left.
    static func of(_ platform: TestPlatform) async throws -> [String] {
        try await Command.pool.run {
            var found = processes(of: platform.root).map { "process \($0.pid): \($0.words)" }
            found += lines(of: "/proc/self/mountinfo", with: platform.root).map { "mount: \($0)" }
            found += loopDevices(of: platform.root).map { "loop device: \($0)" }
            found += lines(of: "/proc/net/unix", with: platform.root).map { "socket: \($0)" }
            if (try? TCPSocket.connected(to: platform.port)) != nil {
                found.append("port \(platform.port) is still open")
            }
            return found
        }
    }

    /// Ends what should not be there any more, so that one failure does not become many, and removes the folder.
    static func remove(_ platform: TestPlatform) async {
        for process in processes(of: platform.root) { kill(process.pid, SIGKILL) }
        // Leftover mounts go first; the folder of another user may need root's rights, which the tests then have.
        let line =
            "awk -v root=\"$0\" 'index($5, root) == 1 { print $5 }' /proc/self/mountinfo | sort -r | "
            + "while read -r mount; do umount -l \"$mount\"; done; chmod -R u+rwX \"$0\"; rm -rf \"$0\""
        let command = Command(
            ["sh", "-c", line, platform.root], environment: ["PATH": Programs.systemPath], folder: "/")
        _ = try? await command.run()  // The failures worth telling were told above.
    }

    /// Processes, other than this one, whose words, environment, folder, files or mounts name the folder.
    private static func processes(of root: String) -> [(pid: Int32, words: String)] {
        let names = (try? FileTree.names(in: "/proc")) ?? []
        let ownMounts = link("/proc/self/ns/mnt")
        return names.compactMap(Int32.init).filter { $0 != getpid() }.compactMap { pid in
            let folder = "/proc/\(pid)"
            let words = text(of: "\(folder)/cmdline")
            let knows =
                words.contains(root) || text(of: "\(folder)/environ").contains(root)
                || link("\(folder)/cwd").contains(root) || link("\(folder)/exe").contains(root)
                || (link("\(folder)/ns/mnt") != ownMounts && text(of: "\(folder)/mountinfo").contains(root))
            return knows ? (pid, words) : nil
        }
    }

    private static func loopDevices(of root: String) -> [String] {
        func found() -> [String] {
            let names = (try? FileTree.names(in: "/sys/block")) ?? []
            return names.filter { text(of: "/sys/block/\($0)/loop/backing_file").hasPrefix("\(root)/") }
        }
        // What was held by somebody who was killed, the kernel takes apart on its own time.
        for _ in 0..<200 where !found().isEmpty { usleep(10_000) }
        return found()
    }

    /// A file of /proc as text; empty when the process has just ended or may not be looked at.
    private static func text(of path: String) -> String {
        guard let bytes = try? FileTree.read(path) else { return "" }
        return String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }

    private static func lines(of path: String, with mark: String) -> [Substring] {
        text(of: path).split(separator: "\n").filter { $0.contains(mark) }
    }

    private static func link(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink(path, &buffer, buffer.count - 1)
        return length > 0 ? String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }
}
