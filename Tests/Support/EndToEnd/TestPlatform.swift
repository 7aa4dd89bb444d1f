import Posix

/// A platform of its own for one test: own home, own port, own git configuration, and nothing left when it ends.
package struct TestPlatform: Sendable {
    /// The scratch folder that everything of this platform is in.
    package let root: String
    package let home: String
    /// The port its router was told to listen on.
    package let port: UInt16
    /// Who runs everything; `nil` is whoever runs the tests.
    package let account: Account?
    package let environment: [String: String]

    /// What stayed behind when a platform ended, or a failure on the way there.
    package struct Leftovers: Error, CustomStringConvertible {
        package let description: String
    }

    /// Makes a platform, lends it to `body`, stops it, and sees that nothing is left of it.
    ///
    /// - Parameters:
    ///   - account: who runs it.
    ///   - level: the sandbox level to force; `nil` takes the best there is.
    ///   - settings: more of the daemon's environment, for example `PAAS_BOOT_TIMEOUT`.
    ///   - starts: whether it is started before `body`, as `paas up --port N` does.
    /// - Throws: ``Leftovers`` when a process, a mount or a socket outlives `paas down`.
    package static func with(
        account: Account? = nil, level: String? = nil, settings: [String: String] = [:], starts: Bool = true,
        _ body: (TestPlatform) async throws -> Void
    ) async throws {
        let platform = try await TestPlatform(account: account, level: level, settings: settings)
        var failures: [String] = []
        do {
            if starts { try await platform.paas("up", "--port", "\(platform.port)").orThrow() }
            try await body(platform)
        } catch {
            failures.append("\(error)")
            await platform.tellDiary()
        }
        failures += try await platform.end()
        guard failures.isEmpty else { throw Leftovers(description: failures.joined(separator: "\n")) }
    }

    private init(account: Account?, level: String?, settings: [String: String]) async throws {
        guard let programs = Programs.folder else { throw Leftovers(description: "PAAS_BIN is not set") }
        let root = try Scratch.folder("paas-e2e")
        Watchdog.watch(root)
        var bin = programs
        if let account {
            // The user may not be able to look into the folder of whoever built the programs.
            bin = "\(root)/bin"
            let copy = [
                "sh", "-c", "mkdir \"$1\" && cp \"$0\"/paas* \"$1\" 2>/dev/null; chmod -R a+rX \"$1\"", programs, bin,
            ]
            _ = try await Command(copy, environment: ["PATH": Programs.systemPath], folder: "/").run()
            let own = ["chown", "-R", "\(account.uid):\(account.gid)", root]
            _ = try await Command(own, environment: ["PATH": Programs.systemPath], folder: "/").run()
        }
        var environment = [
            "PATH": "\(bin):\(Programs.systemPath)", "HOME": "\(root)/user", "PAAS_HOME": "\(root)/home",
            "GIT_CONFIG_GLOBAL": "\(root)/gitconfig", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "LANG": "C.UTF-8", "TERM": "dumb", "PAAS_TEST_ROOT": root,
        ]
        if let swift = Programs.swiftFolder, !Programs.systemPath.contains(swift) {
            environment["PATH"]? += ":\(swift)"
        }
        for name in [
            "PIP_CERT", "PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_DEFAULT_TIMEOUT", "HTTPS_PROXY", "HTTP_PROXY",
            "NO_PROXY", "TMPDIR",
        ] {
            environment[name] = environmentVariable(name)
        }
        if let level { environment["PAAS_SANDBOX_LEVEL"] = level }
        environment.merge(settings) { $1 }
        self.root = root
        self.home = "\(root)/home"
        self.port = try FreePort.find()
        self.account = account
        self.environment = environment
        let config =
            "[user]\n\tname = A Tester\n\temail = tester@example.com\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[safe]\n\tdirectory = *\n"
        try await shell("chmod 755 . && mkdir -p user && printf %s \"$1\" > gitconfig", config).orThrow()
    }

    /// Runs a program in the platform's own environment.
    package func run(_ words: [String], in folder: String? = nil, input: String = "") async throws -> Outcome {
        var command = self.command(words, in: folder)
        command.input = input
        return try await command.run()
    }

    /// Runs `paas` with these words.
    package func paas(_ words: String..., in folder: String? = nil) async throws -> Outcome {
        try await run(["paas"] + words, in: folder)
    }

    /// Runs a line of shell, with `arguments` as `$1`, `$2`, ….
    package func shell(_ line: String, _ arguments: String..., in folder: String? = nil) async throws -> Outcome {
        try await run(["bash", "-c", line, "bash"] + arguments, in: folder)
    }

    /// A command that has not been started.
    package func command(_ words: [String], in folder: String? = nil) -> Command {
        var command = Command(words, environment: environment, folder: folder ?? root)
        command.account = account
        return command
    }

    /// Asks the router, as a browser would ask for `http://HOST/PATH`.
    package func get(_ host: String, _ path: String = "/") async throws -> Answer {
        try await Command.pool.run { [port] in try Answer.ask(port: port, host: host, path: path) }
    }

    /// One value of `paas status --json`, as text.
    package func status(_ field: String) async throws -> String? {
        let outcome = try await paas("status", "--json")
        return outcome.output.jsonField(field)
    }

    /// Stops everything, and says what did not go well.
    private func end() async throws -> [String] {
        let down = try await paas("down")
        let left = try await Traces.of(self)
        await Traces.remove(self)
        Watchdog.forget(root)
        return (down.succeeded ? [] : ["\(down)"]) + left.map { "left after paas down: \($0)" }
    }

    /// Prints what the daemon noted, for whoever has to find out why the test failed.
    private func tellDiary() async {
        let diary = try? await shell("tail -n 40 home/*.log home/log/* home/journal* 2>/dev/null")
        print("the daemon's diary:\n\(diary?.output ?? "")")
    }
}

extension Outcome {
    /// Fails the test with all that the command said unless it succeeded.
    @discardableResult
    package func orThrow() throws -> Outcome {
        guard succeeded else { throw TestPlatform.Leftovers(description: description) }
        return self
    }
}

extension String {
    /// The value of the first such key in a JSON text, without quotes; `nil` when there is none or it is null.
    package func jsonField(_ name: String) -> String? {
        guard let key = range(ofText: "\"\(name)\"") else { return nil }
        let rest = self[key.upperBound...].drop { $0 == " " || $0 == ":" || $0 == "\n" }
        if rest.first == "\"" { return String(rest.dropFirst().prefix { $0 != "\"" }) }
        let value = rest.prefix { !",}] \n".contains($0) }
        return value == "null" ? nil : String(value)
    }

    private func range(ofText text: String) -> Range<String.Index>? { ranges(of: text).first }
}
