package import Posix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a command that has ended left behind.
package struct Outcome: Sendable, CustomStringConvertible {
    package let command: String
    package let end: Subprocess.End
    package let output: String
    package let errors: String

    /// The exit code; 128 and the signal's number for one that was killed, as shells count.
    package var code: Int32 {
        switch end {
        case .code(let code): code
        case .signal(let signal): 128 + signal
        }
    }
    package var succeeded: Bool { end.isSuccess }

    /// Both streams, for looking up what a person saw.
    package var text: String { output + errors }
    package var trimmed: String { output.split(separator: "\n").joined(separator: "\n") }
    package var description: String { "`\(command)` ended with \(code)\n\(output)\(errors)" }
}

/// A command line with everything that it runs in.
package struct Command: Sendable {
    package var words: [String]
    package var environment: [String: String]
    package var folder: String
    package var input = ""
    /// Ended after that time, with code 124: a command that hangs is a failure of what it tests.
    package var limit: Duration = .seconds(240)
    /// Who runs it; `nil` is whoever runs the tests.
    package var account: Account?

    package init(_ words: [String], environment: [String: String], folder: String) {
        self.words = words
        self.environment = environment
        self.folder = folder
    }

    /// Threads for commands, which block; many, because tests run several at a time.
    static let pool = BlockingPool(limit: 48)

    /// Runs it to its end.
    ///
    /// Its output goes to files, so that a daemon which kept a stream open would not hold up the test.
    package func run() async throws -> Outcome {
        try await Self.pool.run { [self] in
            let out = try Scratch.temporaryFile()
            let errors = try Scratch.temporaryFile()
            let input = try Scratch.temporaryFile(input)
            let pid = try start(descriptors: [input.raw, out.raw, errors.raw])
            let end = try Subprocess.wait(pid)
            return Outcome(
                command: words.joined(separator: " "), end: end, output: try Scratch.text(of: out),
                errors: try Scratch.text(of: errors))
        }
    }

    /// Starts it and leaves it running; see ``RunningCommand``.
    package func start() throws -> RunningCommand {
        let pipe = try Pipe()
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let pid = try start(descriptors: [null.raw, pipe.write.raw, pipe.write.raw])
        return try RunningCommand(pid: pid, command: words.joined(separator: " "), output: pipe.read.duplicate())
    }

    private func start(descriptors: [Int32]) throws -> Int32 {
        var line = ["--kill-after=10", "\(limit.components.seconds)"]
        if let account {
            line += ["setpriv", "--reuid=\(account.uid)", "--regid=\(account.gid)", "--init-groups", "--"]
        }
        line += words
        return try Subprocess.start(
            "/usr/bin/timeout", arguments: line, environment: environment, folder: folder, descriptors: descriptors)
    }
}
