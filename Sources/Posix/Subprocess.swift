internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Starts programs the way a daemon must: empty signal mask, default dispositions, no stray descriptors.
package enum Subprocess {
    /// How a program ended.
    package enum End: Sendable, Equatable {
        case code(Int32)
        case signal(Int32)

        package var isSuccess: Bool { self == .code(0) }
    }

    /// - Parameters:
    ///   - descriptors: what the program gets as 0, 1, 2, …; every other descriptor is closed in it.
    /// - Returns: its process id; the caller waits for it.
    package static func start(
        _ program: String, arguments: [String], environment: [String: String], folder: String? = nil,
        descriptors: [Int32]
    ) throws(PosixError) -> Int32 {
        let argv = CStrings([program] + arguments)
        let envp = CStrings(environment.map { "\($0.key)=\($0.value)" })
        let pid = cpx_spawn(program, argv.pointers, envp.pointers, folder, descriptors, descriptors.count)
        return try posix(pid, "start \(program)")
    }

    /// Waits on this thread until the child has ended.
    package static func wait(_ pid: Int32) throws(PosixError) -> End {
        var code: Int32 = 0
        var signal: Int32 = 0
        try posix(cpx_wait_status(pid, &code, &signal), "waitpid \(pid)")
        return signal != 0 ? .signal(signal) : .code(code)
    }

    /// Runs a short helper program to its end on this thread.
    ///
    /// - Parameters:
    ///   - input: what it finds on its standard input, at most 4096 bytes: what is not for others to see, since a
    ///     program's arguments are anybody's to read.
    ///   - limit: the most bytes of output kept; the rest is read and dropped.
    package static func capture(
        _ program: String, arguments: [String], environment: [String: String], folder: String? = nil,
        input: [UInt8] = [], limit: Int = 1 << 20
    ) throws(PosixError) -> (end: End, output: [UInt8], errors: [UInt8]) {
        precondition(input.count <= 4096, "what a pipe holds without a reader")
        var inPipe = try Pipe()
        try inPipe.write.writeAll(input)
        inPipe.closeWriting()
        var outPipe = try Pipe()
        var errorPipe = try Pipe()
        let pid = try start(
            program, arguments: arguments, environment: environment, folder: folder,
            descriptors: [inPipe.read.raw, outPipe.write.raw, errorPipe.write.raw])
        outPipe.closeWriting()
        errorPipe.closeWriting()
        var kept: [Int32: [UInt8]] = [outPipe.read.raw: [], errorPipe.read.raw: []]
        var open = [outPipe.read.raw, errorPipe.read.raw]
        while !open.isEmpty {
            var polls = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polls, nfds_t(polls.count), -1) >= 0 else { continue }
            for ready in polls where ready.revents != 0 {
                let part =
                    ready.fd == outPipe.read.raw
                    ? try outPipe.read.read(atMost: 65_536) : try errorPipe.read.read(atMost: 65_536)
                if part.isEmpty { open.removeAll { $0 == ready.fd } }
                if kept[ready.fd, default: []].count < limit { kept[ready.fd, default: []] += part }
            }
        }
        return (try wait(pid), kept[outPipe.read.raw] ?? [], kept[errorPipe.read.raw] ?? [])
    }

    /// The first executable of that name in the folders of `path`, colon-separated.
    package static func find(_ name: String, path: String) -> String? {
        for folder in path.split(separator: ":") {
            let candidate = "\(folder)/\(name)"
            if access(candidate, X_OK) == 0, !FileTree.isFolder(candidate) { return candidate }
        }
        return nil
    }
}

/// A pipe whose ends close on exec.
package struct Pipe: ~Copyable, Sendable {
    package var read: Descriptor
    package var write: Descriptor

    package init() throws(PosixError) {
        var ends: [Int32] = [-1, -1]
        try posix(pipe(&ends), "pipe")
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        read = Descriptor(owning: ends[0])
        write = Descriptor(owning: ends[1])
    }

    /// Drops this process's writing end, so that the reader sees the end when the others are done.
    package mutating func closeWriting() { write = Descriptor(owning: -1) }

    /// Drops this process's reading end, so that the writer learns when the others are done.
    package mutating func closeReading() { read = Descriptor(owning: -1) }
}

/// A NULL-terminated array of C strings that lives as long as this value.
final class CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

    deinit { for pointer in pointers { free(pointer) } }
}
