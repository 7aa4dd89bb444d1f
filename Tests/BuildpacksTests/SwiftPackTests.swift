import Model
import Posix
import Testing

@testable import Buildpacks

@Suite("The Swift buildpack", .timeLimit(.minutes(10)))
struct SwiftPackTests {
    static let package = """
        // swift-tools-version: 6.0
        import PackageDescription
        let package = Package(
            name: "hello", targets: [.executableTarget(name: "hello", resources: [.copy("greeting.txt")])])
        """

    @Test("builds one executable incrementally, with its resources, and offers it as the web process")
    func build() async throws {
        var files = [
            "Package.swift": Self.package, "Sources/hello/main.swift": "print(\"hello 1\")\n",
            "Sources/hello/greeting.txt": "hi\n", ".swift-version": "6.3\n", "README.md": "one",
        ]
        let bench = try Workbench(files)
        let first = try await bench.build()
        #expect(first.processTypes == [.web: "hello"])
        #expect(bench.lines.contains("-----> Using Swift 6.3 (from top-level .swift-version file)"), "\(bench.text)")
        #expect(try await bench.runInDyno(first, "hello; ls $HOME/.swift-bin").output.hasPrefix("hello 1\n"))
        #expect(try await bench.runInDyno(first, "ls $HOME/.swift-bin").output.contains("hello_hello.resources"))
        #expect(FileTree.exists("\(bench.tree)/.build") == false)

        files["README.md"] = "two"
        try bench.checkOut(files)
        let second = try await bench.build()
        #expect(second.layers == first.layers)

        files["Sources/hello/main.swift"] = "print(\"hello 2\")\n"
        try bench.checkOut(files)
        let third = try await bench.build()
        #expect(third.layers != first.layers)
        #expect(try await bench.runInDyno(third, "hello").output == "hello 2\n")
        print(bench.text)

        files["Sources/hello/main.swift"] = "prin(\"hello 2\")\n"
        try bench.checkOut(files)
        await #expect(throws: BuildFailure.compileFailed("Swift")) { try await bench.build() }
        #expect(bench.text.contains("cannot find 'prin' in scope"))
    }

    @Test("names the toolchains there are when the one asked for is missing")
    func missing() async throws {
        let bench = try Workbench(["Package.swift": Self.package, ".swift-version": "5.1.2"])
        await #expect(throws: BuildFailure.compileFailed("Swift")) { try await bench.build() }
        #expect(bench.text.contains("swiftly install 5.1.2"))
        #expect(bench.text.contains("PAAS_SWIFT_FALLBACK=1"))
    }

    @Test("says where the manifest is when it is not in the root")
    func folder() async throws {
        let bench = try Workbench(["server/Package.swift": Self.package])
        await #expect(throws: BuildFailure.compileFailed("Swift")) { try await bench.build() }
        #expect(bench.text.contains("paas config:set PACKAGE_DIR=server"), "\(bench.text)")
    }
}

@Suite("The mirror of the sources")
struct SourceMirrorTests {
    @Test("touches only what differs")
    func update() throws {
        let bench = try Workbench(["a.txt": "a", "b/c.txt": "c", "d.txt": "d"])
        let target = WorkTree(root: "\(bench.folder)/mirror")
        let mirror = SourceMirror(source: WorkTree(root: bench.tree), target: target)
        try mirror.update(skipping: [])
        let before = Machine.fingerprint(target.path("a.txt"))
        try bench.checkOut(["a.txt": "a", "b": "now a file", "e/f": "new"])
        try mirror.update(skipping: [])
        #expect(Machine.fingerprint(target.path("a.txt")) == before)
        #expect(target.readText("b") == "now a file")
        #expect(target.readText("e/f") == "new")
        #expect(target.names(in: "") == ["a.txt", "b", "e"])
    }
}
