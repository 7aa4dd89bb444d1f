import Console
import Testing

@Suite("A command line")
struct CommandLineParserTests {
    private static let app = Flag("app", short: "a", placeholder: "app", help: "")
    private static let json = Flag("json", short: "j", help: "")
    private static let exit = Flag("exit-code", short: "x", help: "")
    private static let dyno = Flag("dyno-name", placeholder: "name", help: "", aliases: ["dyno"])

    private static func command(passes: Bool = false) -> Command {
        Command(
            "demo", abstract: "", flags: [app, json, exit, dyno],
            operands: passes ? [.any("COMMAND", "")] : [.optional("ONE", "the one")], passesUnknownFlags: passes
        ) { _ in }
    }

    @Test(
        "takes a flag's value in every form",
        arguments: [["-a", "x"], ["-ax"], ["-a=x"], ["--app", "x"], ["--app=x"], ["-ja", "x"], ["-jax"]])
    func values(words: [String]) throws {
        #expect(try CommandLineParser.parse(words, for: Self.command())[Self.app] == "x")
    }

    @Test("knows a flag by its older name")
    func aliases() throws {
        #expect(try CommandLineParser.parse(["--dyno", "web.1"], for: Self.command())[Self.dyno] == "web.1")
    }

    @Test("keeps a value that begins with a dash or holds an equals sign")
    func oddValues() throws {
        let invocation = try CommandLineParser.parse(["--app=-x=y", "-"], for: Self.command())
        #expect(invocation[Self.app] == "-x=y")
        #expect(invocation.operands == ["-"])
    }

    @Test(
        "is refused with the reason, and exit code 2",
        arguments: [
            (["--nope"], "Nonexistent flag: --nope"), (["-q"], "Nonexistent flag: -q"),
            (["--app"], "Flag --app expects a value"), (["a", "b"], "Unexpected argument: b"),
            (["--json=1"], "Flag --json takes no value"),
        ])
    func refusals(words: [String], message: String) {
        #expect(throws: Failure("\(message)\nSee more help with --help", exitCode: 2)) {
            _ = try CommandLineParser.parse(words, for: Self.command())
        }
    }

    @Test("of a passing command: its own flags are taken anywhere, unknown ones and all behind -- are passed on")
    func passing() throws {
        let invocation = try CommandLineParser.parse(
            ["rake", "-T", "--app", "x", "--trace", "--", "-a", "y", "-x"], for: Self.command(passes: true))
        #expect(invocation[Self.app] == "x")
        #expect(invocation.operands == ["rake", "-T", "--trace", "-a", "y", "-x"])
        #expect(!invocation.has(Self.exit))
    }
}

@Suite("A command's name")
struct CommandIndexTests {
    private let index = CommandIndex(
        ["ps", "ps:scale", "config", "config:set", "builds:cache:purge"].map { name in
            Command(name, aliases: name == "ps:scale" ? ["scale"] : [], abstract: "") { _ in }
        })

    @Test(
        "is found with colons, blanks, or as an alias",
        arguments: [
            (["ps:scale", "web=1"], "ps:scale", ["web=1"]), (["ps", "scale", "web=1"], "ps:scale", ["web=1"]),
            (["scale"], "ps:scale", []), (["ps", "web"], "ps", ["web"]),
            (["ps", "-a", "scale"], "ps", ["-a", "scale"]),
            (["builds", "cache", "purge"], "builds:cache:purge", []),
        ])
    func resolves(words: [String], name: String, rest: [String]) throws {
        let found = try #require(index.resolve(words))
        #expect(found.command.name == name)
        #expect(found.arguments == rest)
    }

    @Test(
        "that nobody has is compared with those there are", arguments: [("confg", "config"), ("ps:scal", "ps:scale")])
    func nearest(typed: String, meant: String) { #expect(index.nearest(to: typed) == meant) }

    @Test(
        "is as far from another as letters have to change",
        arguments: [("kitten", "sitting", 3), ("", "abc", 3), ("a", "a", 0)])
    func distance(left: String, right: String, steps: Int) { #expect(EditDistance.between(left, right) == steps) }
}
