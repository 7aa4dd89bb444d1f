import Glibc
import Model
import Posix
import Testing

@testable import Buildpacks

@Suite("A buildpack from outside", .timeLimit(.minutes(2)))
struct ClassicPackTests {
    static let detect = "#!/bin/sh\n[ -f \"$1/app.txt\" ] || { echo 'no app.txt' >&2; exit 1; }\necho Text\n"
    static let compile = """
        #!/usr/bin/env bash
        echo "-----> Compiling for $STACK"
        echo "GREETING is ${GREETING:-not exported}"
        [ "$(cat "$3/GREETING")" = "good morning 1" ] && echo "the env folder has it"
        mkdir -p "$2"; echo x >> "$2/count"; echo "build $(wc -l < "$2/count")"
        mkdir -p "$1/.profile.d"; echo 'export FROM_PACK=1' > "$1/.profile.d/pack.sh"
        echo "export PACK_PATH=\\"a
        b\\"" > "$(dirname "$0")/../export"
        """
    static let release =
        "#!/bin/sh\necho '---'\necho 'addons:'\necho '  - heroku-postgresql'\necho 'default_process_types:'\necho '  web: cat app.txt'\n"

    func makePack(_ bench: Workbench, _ name: String, compile: String = Self.compile) throws -> String {
        let pack = WorkTree(root: "\(bench.folder)/\(name)")
        try pack.write(Self.detect, to: "bin/detect", mode: 0o755)
        try pack.write(compile, to: "bin/compile", mode: 0o755)
        try pack.write(Self.release, to: "bin/release", mode: 0o755)
        return pack.root
    }

    @Test("runs detect, compile and release, with config vars in a folder and the cache kept")
    func runs() async throws {
        let bench = try Workbench(["app.txt": "hello"])
        let pack = try makePack(bench, "pack")
        let request = bench.request(buildpacks: [pack], config: ["GREETING": "good morning 1"])
        let product = try await bench.build(request)
        #expect(
            bench.text == """
                -----> Building on the Heroku-24 stack
                -----> Using buildpack: \(pack)
                -----> Text app detected
                -----> Compiling for heroku-24
                GREETING is not exported
                the env folder has it
                build 1
                -----> Discovering process types
                       Procfile declares types     -> (none)
                       Default types for buildpack -> web
                """)
        #expect(product.processTypes == [.web: "cat app.txt"])
        #expect(product.addons == ["heroku-postgresql"])
        #expect(product.buildpackName == "Text")
        try bench.checkOut(["app.txt": "hello"])
        try await bench.build(request)
        #expect(bench.lines.contains("build 2"))
    }

    @Test("hands its exports to the packs after it, and the last one's release counts")
    func several() async throws {
        let bench = try Workbench([
            "app.txt": "hello", "requirements.txt": "",
            "bin/post_compile": "#!/bin/bash\necho \"path ${PACK_PATH@Q}\"\n",
        ])
        let pack = try makePack(bench, "pack")
        let product = try await bench.build(
            bench.request(buildpacks: [pack, "heroku/python"], config: ["GREETING": "good morning 1"]))
        #expect(bench.lines.contains("-----> Using buildpacks:"))
        #expect(bench.lines.contains("        2. heroku/python"))
        #expect(bench.text.contains(#"path $'a\nb'"#), "\(bench.text)")
        #expect(product.buildpackName == "Python")
        #expect(product.processTypes == [:])
    }

    @Test("is cloned from a git repository, at the branch asked for")
    func git() async throws {
        let bench = try Workbench(["app.txt": "hello"])
        let pack = try makePack(bench, "repository", compile: "#!/bin/sh\necho from branch\n")
        let script = """
            set -e; cd \(pack); git init -q -b side; git add -A
            git -c user.name=a -c user.email=a@b commit -q -m one
            """
        let made = try await Workbench.capture(
            "/bin/bash", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin", "HOME": bench.folder])
        #expect(made.end.isSuccess)
        try await bench.build(bench.request(buildpacks: ["file://\(pack)#side"]))
        #expect(bench.lines.contains("from branch"), "\(bench.text)")
    }

    @Test(
        "is cloned by root too when it is another user's repository", .enabled(if: geteuid() == 0, "needs root"),
        arguments: ["#side", ""])
    func foreignRepository(_ reference: String) async throws {
        let bench = try Workbench(["app.txt": "hello"])
        let pack = try makePack(bench, "repository", compile: "#!/bin/sh\necho from branch\n")
        let script = """
            set -e; cd \(pack); git init -q -b side; git add -A
            git -c user.name=a -c user.email=a@b commit -q -m one; chown -R 65534:65534 .
            """
        let made = try await Workbench.capture(
            "/bin/bash", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin", "HOME": bench.folder])
        #expect(made.end.isSuccess)
        try await bench.build(bench.request(buildpacks: ["\(pack)\(reference)"]))
        #expect(bench.lines.contains("from branch"), "\(bench.text)")
    }

    @Test("set by BUILDPACK_URL is named, without the name and password in it")
    func configured() async throws {
        let bench = try Workbench(["app.txt": "hello"])
        let url = "https://person:t0ken-1@127.0.0.1:9/pack1.git#v1"
        await #expect(throws: BuildFailure.self) {
            try await bench.build(bench.request(config: ["BUILDPACK_URL": url]))
        }
        #expect(
            bench.lines.contains("-----> Using buildpack: https://[redacted]@127.0.0.1:9/pack1.git#v1"), "\(bench.text)"
        )
        #expect(!bench.text.contains("t0ken-1"))
    }

    @Test("that does not know the app gives Heroku's words")
    func incompatible() async throws {
        let bench = try Workbench(["other.txt": "hello"])
        let pack = try makePack(bench, "pack")
        await #expect(throws: BuildFailure.incompatible(buildpack: pack)) {
            try await bench.build(bench.request(buildpacks: [pack]))
        }
        #expect(bench.lines.contains("-----> App not compatible with buildpack: \(pack)"))
        #expect(bench.lines.contains(" !     no app.txt"))
        #expect(bench.lines.last == " !     Push failed")
    }

    @Test("that fails to compile fails the build under its name")
    func fails() async throws {
        let bench = try Workbench(["app.txt": "hello"])
        let pack = try makePack(bench, "pack", compile: "#!/bin/sh\necho ' !     broken'\nexit 3\n")
        await #expect(throws: BuildFailure.compileFailed("Text")) {
            try await bench.build(bench.request(buildpacks: [pack]))
        }
        #expect(
            bench.lines.suffix(4) == [
                " !     broken", " !     Push rejected, failed to compile Text app.", "", " !     Push failed",
            ])
    }

    @Test("that is not there is named", arguments: ["/no/such/folder", "file:///no/such/folder#main"])
    func absent(_ name: String) async throws {
        let bench = try Workbench(["app.txt": "hello"])
        await #expect(throws: BuildFailure.unreachableBuildpack(name)) {
            try await bench.build(bench.request(buildpacks: [name]))
        }
    }

    @Test(
        "may be one of ours under another name",
        arguments: [
            ("heroku/python", "heroku/python"), ("urn:buildpack:heroku/python", "heroku/python"),
            ("https://github.com/heroku/heroku-buildpack-python", "heroku/python"),
            ("https://github.com/heroku/heroku-buildpack-nodejs.git", "heroku/nodejs"), ("heroku/swift", "vapor/vapor"),
            ("https://github.com/vapor-community/heroku-buildpack", "vapor/vapor"),
        ])
    func builtIn(_ name: String, _ known: String) { #expect(BuildpackName.meaning(of: name) == .builtIn(known)) }

    @Test(
        "may be one that Heroku has and this platform has not", arguments: ["heroku/ruby", "urn:buildpack:heroku/go"])
    func unsupported(_ name: String) async throws {
        let bench = try Workbench(["app.txt": "hello"])
        let known = name.hasSuffix("ruby") ? "heroku/ruby" : "heroku/go"
        await #expect(throws: BuildFailure.unsupportedBuildpack(known)) {
            try await bench.build(bench.request(buildpacks: [name]))
        }
        #expect(bench.text.contains("heroku/nodejs, heroku/python, vapor/vapor"))
    }
}
