import Glibc
import Model
import Posix
import Testing

@testable import Buildpacks

/// A registry of two small packages, served over loopback by Node.js itself.
final class SmallRegistry {
    let address: String
    private let pid: Int32

    init(_ bench: Workbench) throws {
        let folder = "\(bench.folder)/registry"
        try FileTree.makeFolder(folder)
        try FileTree.write(Array(Self.script.utf8), to: "\(folder)/registry.js")
        var pipe = try Pipe()
        let null = try Descriptor(opening: "/dev/null")
        pid = try Subprocess.start(
            "/bin/bash", arguments: ["-c", "exec node registry.js"],
            environment: ["PATH": Workbench.environment("PATH") ?? "/usr/bin:/bin"],
            folder: folder, descriptors: [null.raw, pipe.write.raw, 2])
        pipe.closeWriting()
        address =
            String(decoding: try pipe.read.read(atMost: 200), as: UTF8.self).split(separator: "\n").first.map(
                String.init) ?? ""
    }

    /// As when the network has gone.
    func vanish() { kill(-pid, SIGKILL) }

    deinit {
        kill(-pid, SIGKILL)
        _ = try? Subprocess.wait(pid)
    }

    private static let script = #"""
        const http = require('http'), fs = require('fs'), zlib = require('zlib'), crypto = require('crypto')
        function tar(name, text) {
          const header = Buffer.alloc(512)
          header.write(name, 0); header.write('000644 \0', 100); header.write('000000 \0', 108); header.write('000000 \0', 116)
          header.write(text.length.toString(8).padStart(11, '0') + ' ', 124); header.write('00000000000 ', 136)
          header.write('        ', 148); header.write('0', 156); header.write('ustar\x0000', 257)
          let sum = 0; for (const byte of header) sum += byte
          header.write(sum.toString(8).padStart(6, '0') + '\0 ', 148)
          return Buffer.concat([header, Buffer.from(text), Buffer.alloc((512 - text.length % 512) % 512)])
        }
        const packages = {}
        for (const name of ['small', 'only-dev']) {
          const manifest = JSON.stringify({ name, version: '1.0.0', main: 'index.js' })
          packages[name] = zlib.gzipSync(Buffer.concat([
            tar('package/package.json', manifest), tar('package/index.js', `module.exports = '${name}'`), Buffer.alloc(1024)]))
        }
        const server = http.createServer((request, response) => {
          const base = `http://127.0.0.1:${server.address().port}`
          const name = request.url.split('/')[1].replace('.tgz', '')
          if (request.url.startsWith('/-/ping')) return response.end('{}')
          if (!packages[name]) { response.statusCode = 404; return response.end('{}') }
          if (request.url.endsWith('.tgz')) return response.end(packages[name])
          const integrity = 'sha512-' + crypto.createHash('sha512').update(packages[name]).digest('base64')
          response.setHeader('content-type', 'application/json')
          response.end(JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': {
            name, version: '1.0.0', main: 'index.js', dist: { tarball: `${base}/${name}.tgz`, integrity } } } }))
        })
        server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
        """#
}

@Suite("A Node.js app with packages", .timeLimit(.minutes(3)))
struct NodeRegistryTests {
    static let manifest =
        #"{"name":"a","version":"1.0.0","dependencies":{"small":"1.0.0"},"devDependencies":{"only-dev":"1.0.0"}SCRIPTS}"#

    /// The lock file that npm itself writes for the manifest.
    func lock(_ bench: Workbench, _ registry: SmallRegistry) async throws -> String {
        let folder = "\(bench.folder)/lock"
        try FileTree.makeFolder(folder)
        try FileTree.write(Array(Self.manifest.replacing("SCRIPTS", with: "").utf8), to: "\(folder)/package.json")
        let made = try await Workbench.capture(
            "/bin/bash",
            arguments: [
                "-c", "npm install --package-lock-only --registry \(registry.address) --cache \(folder)/cache",
            ],
            environment: ["PATH": Workbench.environment("PATH") ?? "", "HOME": folder], folder: folder)
        if !made.end.isSuccess { throw PosixError(EIO, String(decoding: made.errors, as: UTF8.self)) }
        return try FileTree.readText("\(folder)/package-lock.json")
    }

    @Test("has them installed and pruned once, and taken from the shelf while the lock file is the same")
    func layer() async throws {
        let bench = try Workbench()
        let registry = try SmallRegistry(bench)
        let files = [
            "package.json": Self.manifest.replacing("SCRIPTS", with: ""),
            "package-lock.json": try await lock(bench, registry),
            "server.js":
                "console.log(require('small'), require('fs').existsSync(__dirname + '/node_modules/only-dev'))",
        ]
        try bench.put(files)
        var request = bench.request()
        request.passthrough["npm_config_registry"] = registry.address
        let first = try await bench.build(request)
        #expect(first.layers.count == 1, "\(bench.text)")
        #expect(bench.lines.contains("       Installing node modules"))
        #expect(bench.lines.contains("-----> Pruning devDependencies"))
        #expect(try await bench.runInDyno(first, "npm start --silent").output == "small false\n", "\(bench.text)")
        try bench.checkOut(files)
        let second = try await bench.build(request)
        #expect(bench.steps == [])
        #expect(second.layers == first.layers)
    }

    @Test("with a build script has a copy of its own for the script to write into")
    func build() async throws {
        let bench = try Workbench()
        let registry = try SmallRegistry(bench)
        let script =
            #","scripts":{"build":"node -e \"require('only-dev'); require('fs').writeFileSync('node_modules/.built', 'x')\""}"#
        let files = [
            "package.json": Self.manifest.replacing("SCRIPTS", with: script),
            "package-lock.json": try await lock(bench, registry), "server.js": "1",
        ]
        try bench.put(files)
        var request = bench.request()
        request.passthrough["npm_config_registry"] = registry.address
        let product = try await bench.build(request)
        #expect(product.layers == [], "\(bench.text)")
        #expect(FileTree.exists("\(bench.tree)/node_modules/.built"))
        #expect(!FileTree.exists("\(bench.tree)/node_modules/only-dev"))
        try bench.checkOut(files)
        try await bench.build(request)
        #expect(bench.text.contains("its packages are in the cache"))
        #expect(!bench.steps.contains { $0.contains("npm ci") })
        #expect(FileTree.exists("\(bench.tree)/node_modules/small/index.js"))
        #expect(!FileTree.exists("\(bench.tree)/node_modules/only-dev"))
    }
}

/// The machine's yarn; Debian calls it `yarnpkg`.
enum Yarn {
    static let program = ["yarn", "yarnpkg"].lazy.compactMap {
        Subprocess.find($0, path: Workbench.environment("PATH") ?? "")
    }.first
}

@Suite(
    "A Node.js app with yarn's lock file", .timeLimit(.minutes(3)),
    .enabled(if: Yarn.program != nil, "needs yarn"))
struct YarnTests {
    /// The lock file that yarn itself writes.
    func lock(_ bench: Workbench, _ registry: SmallRegistry, _ manifest: String) async throws -> String {
        let folder = "\(bench.folder)/lock"
        try FileTree.makeFolder(folder)
        try FileTree.write(Array(manifest.utf8), to: "\(folder)/package.json")
        let made = try await Workbench.capture(
            "/bin/bash",
            arguments: ["-c", "exec \(Yarn.program ?? "") install --ignore-engines --registry \(registry.address)"],
            environment: [
                "PATH": Workbench.environment("PATH") ?? "", "HOME": folder, "NODE_PATH": "/usr/share/nodejs",
                "YARN_CACHE_FOLDER": "\(folder)/cache",
            ], folder: folder)
        if !made.end.isSuccess { throw PosixError(EIO, String(decoding: made.errors, as: UTF8.self)) }
        return try FileTree.readText("\(folder)/yarn.lock")
    }

    @Test("is installed and pruned by yarn, and built again without the registry")
    func install() async throws {
        let bench = try Workbench()
        let registry = try SmallRegistry(bench)
        let manifest = NodeRegistryTests.manifest.replacing("SCRIPTS", with: "")
        var files = [
            "package.json": manifest, "yarn.lock": try await lock(bench, registry, manifest),
            "server.js":
                "console.log(require('small'), require('fs').existsSync(__dirname + '/node_modules/only-dev'))",
        ]
        #expect(files["yarn.lock"]?.contains("small@1.0.0") == true)
        try bench.put(files)
        var request = bench.request()
        request.passthrough["npm_config_registry"] = registry.address
        let first = try await bench.build(request)
        #expect(first.layers.count == 1, "\(bench.text)")
        #expect(bench.lines.contains("       Installing node modules (yarn.lock)"), "\(bench.text)")
        #expect(bench.lines.contains("-----> Pruning devDependencies"), "\(bench.text)")
        #expect(try await bench.runInDyno(first, "node server.js").output == "small false\n", "\(bench.text)")

        registry.vanish()
        try bench.checkOut(files)
        #expect(try await bench.build(request).layers == first.layers)
        #expect(bench.steps == [])

        files["package.json"] = manifest.replacing("\"version\":\"1.0.0\",\"dep", with: "\"version\":\"1.0.1\",\"dep")
        try bench.checkOut(files)
        let third = try await bench.build(request)
        #expect(third.layers != first.layers)
        #expect(try await bench.runInDyno(third, "node server.js").output == "small false\n", "\(bench.text)")
    }

    @Test("that package.json has outgrown is refused in yarn's own words")
    func outgrown() async throws {
        let bench = try Workbench()
        let registry = try SmallRegistry(bench)
        let manifest = NodeRegistryTests.manifest.replacing("SCRIPTS", with: "")
        try bench.put([
            "package.json": manifest, "server.js": "1",
            "yarn.lock": try await lock(bench, registry, #"{"name":"a","version":"1.0.0"}"#),
        ])
        var request = bench.request()
        request.passthrough["npm_config_registry"] = registry.address
        await #expect(throws: BuildFailure.compileFailed("Node.js")) { try await bench.build(request) }
        #expect(bench.text.contains("Your lockfile needs to be updated"), "\(bench.text)")
        #expect(bench.text.contains("Build failed: Unable to install the packages of yarn.lock."), "\(bench.text)")
    }
}

@Suite(
    "A Node.js app in the sandbox", .timeLimit(.minutes(3)),
    .enabled(if: geteuid() == 0, "needs root for mount namespaces"))
struct SandboxedNodeTests {
    @Test("uses the machine's Node.js where it is", arguments: [Workbench.Shape.sandboxed, .sandboxedAs(31_234)])
    func system(shape: Workbench.Shape) async throws {
        let bench = try Workbench(
            ["package.json": #"{"name":"a","scripts":{"build":"node -v"}}"#, "server.js": "console.log('up')"],
            shape: shape)
        let product = try await bench.build(bench.request(searchPath: "/usr/bin:/bin", home: "/nonexistent"))
        #expect(product.layers == [])
        #expect(try await bench.runInDyno(product, "npm start --silent").output == "up\n", "\(bench.text)")
    }

    @Test("has a Node.js that dynos don't see copied in")
    func copied() async throws {
        let files = ["package.json": #"{"name":"a","engines":{"node":"^99"}}"#, "server.js": "1"]
        let bench = try Workbench(files, shape: .sandboxed)
        let prefix = WorkTree(root: "\(bench.folder)/own-node")
        try prefix.write(
            "#!/bin/sh\n[ \"$1\" = --version ] && exec echo v99.0.0\nexec /usr/bin/node \"$@\"\n", to: "bin/node",
            mode: 0o755)
        try prefix.write(#"{"version":"99.1.0"}"#, to: "lib/node_modules/npm/package.json")
        try prefix.write("#!/usr/bin/env node\n", to: "lib/node_modules/npm/bin/npm-cli.js", mode: 0o755)
        let request = bench.request(searchPath: "\(bench.folder)/own-node/bin", home: "/nonexistent")
        let product = try await bench.build(request)
        #expect(product.layers.count == 1, "\(bench.text)")
        #expect(
            try await bench.runInDyno(product, "node --version; type npm").output
                == "v99.0.0\nnpm is /app/.heroku/node/bin/npm\n")
        try bench.checkOut(files)
        #expect(try await bench.build(request).layers == product.layers)
        #expect(bench.steps == [])
    }
}
