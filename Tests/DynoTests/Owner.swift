import Dyno
import Model
import Posix

#if canImport(Glibc)
    import Glibc
#endif

/// A small daemon in a process of its own, as another user where wanted.
struct Owner: Sendable {
    let home: String
    private let user: UInt32

    init(user: UInt32 = geteuid(), home: String? = nil) throws {
        self.user = user
        self.home = try home ?? Scratch.make()
        guard chown(self.home, user, user) == 0 else { throw PosixError.last("chown") }
    }

    func layer(_ files: [String: String]) throws -> String {
        let folder = "\(home)/slug"
        try FileTree.makeFolder(folder, mode: 0o755)
        for (name, text) in files {
            try FileTree.write(Array(text.utf8), to: "\(folder)/\(name)", mode: 0o644)
            guard chown("\(folder)/\(name)", user, user) == 0 else { throw PosixError.last("chown") }
        }
        guard chown(folder, user, user) == 0 else { throw PosixError.last("chown") }
        return folder
    }

    /// Runs it to its end; gives the lines it prints.
    func run(_ level: SandboxLevel?, _ arguments: String...) async throws -> [String] {
        let command = self.command(level, arguments)
        return try await BlockingPool().run {
            let result = try Subprocess.capture(
                command[0], arguments: Array(command.dropFirst()), environment: ["PATH": "/usr/bin:/bin"])
            return String(decoding: result.output + result.errors, as: UTF8.self).split(separator: "\n").map(
                String.init)
        }
    }

    /// Starts it, and gives its process and the first line it prints.
    func start(_ level: SandboxLevel, _ arguments: String...) throws -> (process: Int32, line: String) {
        let command = self.command(level, arguments)
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        var pipe = try Pipe()
        let process = try Subprocess.start(
            command[0], arguments: Array(command.dropFirst()), environment: ["PATH": "/usr/bin:/bin"],
            descriptors: [null.raw, pipe.write.raw, pipe.write.raw])
        pipe.closeWriting()
        var line: [UInt8] = []
        while case let byte = try pipe.read.read(atMost: 1), let only = byte.first, only != UInt8(ascii: "\n") {
            line.append(only)
        }
        return (process, String(decoding: line, as: UTF8.self))
    }

    func leave() throws { try FileTree.remove(home) }

    private func command(_ level: SandboxLevel?, _ arguments: [String]) -> [String] {
        let own = [Built.program("dyno-owner"), home, Built.program("paas-dyno"), level?.rawValue ?? "-"] + arguments
        guard user != geteuid() else { return own }
        return ["/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"] + own
    }
}
