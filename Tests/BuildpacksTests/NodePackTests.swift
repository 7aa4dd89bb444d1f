import Glibc
import Model
import Posix
import Testing

@testable import Buildpacks

@Suite("The Node.js buildpack", .timeLimit(.minutes(3)))
struct NodePackTests {
    @Test("builds an app without dependencies without npm install, and runs its build script")
    func noDependencies() async throws {
        let bench = try Workbench([
            "package.json":
                #"{"name":"a","scripts":{"build":"node -e \"require('fs').writeFileSync('built.txt','yes')\""}}"#,
            "server.js": "console.log('node', process.env.NODE_ENV, process.env.WEB_CONCURRENCY)",
        ])
        let product = try await bench.build()
        #expect(!bench.steps.contains { $0.contains("npm ci") || $0.contains("npm install") || $0.contains("ping") })
        #expect(product.processTypes == [.web: "npm start"])
        #expect(product.buildpacks == ["heroku/nodejs"])
        #expect(FileTree.exists("\(bench.tree)/built.txt"))
        #expect(bench.lines.contains("       Default types for buildpack -> web"))
        let ran = try await bench.runInDyno(product, "npm start --silent")
        #expect(ran.output == "node production 1\n", "\(ran) \(bench.text)")
    }

    @Test("asks for no command the second time when there is no script to run")
    func again() async throws {
        let files = ["package.json": #"{"name":"a"}"#, "server.js": "1"]
        let bench = try Workbench(files)
        try await bench.build()
        try bench.checkOut(files)
        try await bench.build()
        #expect(bench.steps == [])
    }

    @Test("gives up after one question of 15 seconds, and says why, when the registry can't be reached")
    func unreachable() async throws {
        let bench = try Workbench([
            "package.json": #"{"name":"a","dependencies":{"left-pad":"1.3.0"}}"#, "Procfile": "web: node a.js",
        ])
        await #expect(throws: BuildFailure.compileFailed("Node.js")) { try await bench.build() }
        // npm's own retries, which hang for minutes, were never begun.
        let asked = bench.steps.filter { $0.contains("npm") }
        #expect(asked.first?.hasPrefix("timeout 15 npm ping ") == true, "\(asked)")
        #expect(asked.dropFirst().allSatisfy { $0.contains(" --offline ") }, "\(asked)")
        #expect(bench.text.contains("Error: The npm registry can't be reached."), "\(bench.text)")
        #expect(
            bench.lines.suffix(3) == [" !     Push rejected, failed to compile Node.js app.", "", " !     Push failed"])
    }

    @Test("lists the versions there are when engines.node fits none, and builds with the nearest when told to")
    func engines() async throws {
        let files = ["package.json": #"{"name":"a","engines":{"node":"^99.1"}}"#, "server.js": "1"]
        let bench = try Workbench(files)
        await #expect(throws: BuildFailure.compileFailed("Node.js")) { try await bench.build() }
        #expect(bench.text.contains("paas config:set PAAS_NODE_FALLBACK=1"))
        #expect(bench.text.contains("nvm install 99"))
        try bench.checkOut(files)
        try await bench.build(bench.request(config: ["PAAS_NODE_FALLBACK": "1"]))
        #expect(bench.text.contains("because PAAS_NODE_FALLBACK is set"))
    }

    @Test("installs local packages, prunes devDependencies, runs the scripts in Heroku's order")
    func scripts() async throws {
        let bench = try Workbench([
            "package.json": """
            {"name":"a","dependencies":{"lib":"file:./lib"},
             "scripts":{"heroku-prebuild":"echo pre >> log","build":"echo build >> log","heroku-postbuild":"echo post >> log",
             "heroku-cleanup":"echo clean >> log","start":"node -p \\"require('lib')\\""}}
            """,
            "lib/package.json": #"{"name":"lib","version":"1.0.0","main":"index.js"}"#,
            "lib/index.js": "module.exports = 'from lib'",
        ])
        let product = try await bench.build(bench.request(isOffline: true))
        #expect(try FileTree.readText("\(bench.tree)/log") == "pre\npost\nclean\n")
        let ran = try await bench.runInDyno(product, "npm start --silent")
        #expect(ran.output == "from lib\n", "\(ran) \(bench.text)")
    }

    @Test("needs no registry for local packages that its lock file names")
    func locked() async throws {
        let bench = try Workbench([
            "package.json": #"{"name":"a","version":"1.0.0","dependencies":{"lib":"file:./lib"}}"#,
            "package-lock.json": #"""
            {"name":"a","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{
             "":{"name":"a","version":"1.0.0","dependencies":{"lib":"file:./lib"}},
             "lib":{"version":"1.0.0"},"node_modules/lib":{"resolved":"lib","link":true}}}
            """#,
            "lib/package.json": #"{"name":"lib","version":"1.0.0"}"#, "lib/index.js": "module.exports = 'from lib'",
            "server.js": "console.log(require('lib'))",
        ])
        let product = try await bench.build(bench.request(isOffline: true))
        #expect(try await bench.runInDyno(product, "npm start --silent").output == "from lib\n", "\(bench.text)")
    }

    @Test("needs no registry when all its packages are committed")
    func committed() async throws {
        let bench = try Workbench([
            "package.json": #"{"name":"a","dependencies":{"small":"1.0.0"}}"#,
            "node_modules/small/package.json": #"{"name":"small","version":"1.0.0"}"#,
            "node_modules/small/index.js": "module.exports = 'committed'", "server.js": "console.log(require('small'))",
        ])
        let product = try await bench.build(bench.request(isOffline: true))
        #expect(try await bench.runInDyno(product, "npm start --silent").output == "committed\n", "\(bench.text)")
    }

    @Test("never prints a config var's value")
    func secrets() async throws {
        let bench = try Workbench([
            "package.json": #"{"name":"a","scripts":{"build":"echo token=$NODE_AUTH_TOKEN db=$DATABASE_URL"}}"#,
            "server.js": "1",
        ])
        try await bench.build(
            bench.request(config: ["NODE_AUTH_TOKEN": "s3cr3tvalue", "DATABASE_URL": "postgres://u:p4ss@h/db"]))
        #expect(!bench.text.contains("s3cr3tvalue") && !bench.text.contains("p4ss"))
        #expect(bench.text.contains("NODE_AUTH_TOKEN=[config var]"))
        #expect(bench.text.contains("token=[redacted] db=[redacted]"))
    }

    @Test(
        "says how to get the package manager that a lock file calls for",
        arguments: ["yarn.lock", "pnpm-lock.yaml"])
    func otherManager(_ lock: String) async throws {
        let bench = try Workbench(["package.json": #"{"name":"a","dependencies":{"left-pad":"1.3.0"}}"#, lock: ""])
        // A PATH with Node.js alone, whatever else the machine has.
        let path = Workbench.environment("PATH") ?? ""
        for program in ["node", "npm"] {
            let real = try #require(Subprocess.find(program, path: path).flatMap(WorkTree.resolved))
            try WorkTree(root: bench.folder).link("bin/\(program)", to: real)
        }
        await #expect(throws: BuildFailure.compileFailed("Node.js")) {
            try await bench.build(bench.request(searchPath: "\(bench.folder)/bin"))
        }
        #expect(bench.text.contains("npm install -g \(lock == "yarn.lock" ? "yarn" : "pnpm")"), "\(bench.text)")
    }

    @Test("refuses two lock files")
    func locks() async throws {
        let bench = try Workbench(["package.json": #"{"name":"a"}"#, "package-lock.json": "{}", "yarn.lock": ""])
        await #expect(throws: BuildFailure.compileFailed("Node.js")) { try await bench.build() }
        #expect(bench.text.contains("Two different lockfiles found: package-lock.json and yarn.lock"))
    }
}

extension Workbench {
    /// A build whose registry nobody answers for.
    func request(isOffline: Bool) -> BuildRequest {
        var request = request()
        if isOffline { request.passthrough["npm_config_registry"] = "http://127.0.0.1:9" }
        return request
    }
}

@Suite("A range of versions")
struct VersionRangeTests {
    @Test(
        "contains what npm says it contains",
        arguments: [
            ("20.x", "20.11.1", true), ("20.x", "21.0.0", false), ("^18.2", "18.20.4", true),
            ("^18.2", "18.1.0", false),
            ("~1.2.3", "1.2.9", true), ("~1.2.3", "1.3.0", false), (">=16 <21", "20.20.2", true),
            (">=16 <21", "21.0.0", false),
            (">= 16.0.0", "22.1.0", true), ("18 || 20", "20.1.0", true), ("18 || 20", "19.1.0", false),
            ("1.2 - 2.3", "2.3.9", true),
            ("1.2 - 2.3", "2.4.0", false), ("*", "22.1.0", true), ("", "22.1.0", true), ("v20", "20.1.0", true),
            (">20", "20.9.9", false),
            (">20", "21.0.0", true), ("<=20", "20.9.9", true), ("^0.2.3", "0.3.0", false), ("20.20.2", "20.20.2", true),
            ("=20.20.2", "20.20.1", false), ("20.*", "20.4.0", true), ("<20", "19.9.9", true),
        ])
    func contains(_ range: String, _ version: String, _ expected: Bool) throws {
        let parsed = try #require(VersionRange(range))
        #expect(parsed.contains(try #require(NodeVersion(version))) == expected)
    }

    @Test("is none for words", arguments: ["latest", "lts/*", "20.x.y.z", "node"])
    func invalid(_ text: String) { #expect(VersionRange(text) == nil) }
}
