import Model
import Posix
import Testing

@testable import Buildpacks

@Suite("A Python app with a lock file", .timeLimit(.minutes(5)))
struct PythonLockToolTests {
    static let project = """
        [project]
        name = "mine"
        version = "1.0"
        requires-python = ">=3.9"
        dependencies = ["itsdangerous==2.2.0"]

        """

    static let uvLock = """
        version = 1
        revision = 3
        requires-python = ">=3.9"

        [[package]]
        name = "itsdangerous"
        version = "2.2.0"
        source = { registry = "@INDEX@" }
        sdist = { url = "https://@FILES@/packages/9c/cb/8ac0172223afbccb63986cc25049b154ecfb5e85932587206f42317be31d/itsdangerous-2.2.0.tar.gz", hash = "sha256:e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173" }
        wheels = [
            { url = "https://@FILES@/packages/04/96/92447566d16df59b2a776c0fb82dbc4d9e07cd95062562af01e408583fc4/itsdangerous-2.2.0-py3-none-any.whl", hash = "sha256:c6242fc49e35958c8b15141343aa660db5fc54d4f13a1db01a3f5891b98700ef" },
        ]

        [[package]]
        name = "mine"
        version = "1.0"
        source = { virtual = "." }
        dependencies = [
            { name = "itsdangerous" },
        ]

        [package.metadata]
        requires-dist = [{ name = "itsdangerous", specifier = "==2.2.0" }]

        """

    static let pipfile = """
        [[source]]
        url = "@INDEX@"
        verify_ssl = true
        name = "pypi"

        [packages]
        itsdangerous = "==2.2.0"

        """

    static let pipfileLock = """
        {
            "_meta": {
                "hash": {"sha256": "426c121f5f9a04907f2bdb8d8038ad00c4f6de9dc7bcbedcd63c077ff26a3870"},
                "pipfile-spec": 6,
                "requires": {},
                "sources": [{"name": "pypi", "url": "@INDEX@", "verify_ssl": true}]
            },
            "default": {
                "itsdangerous": {
                    "hashes": [
                        "sha256:c6242fc49e35958c8b15141343aa660db5fc54d4f13a1db01a3f5891b98700ef",
                        "sha256:e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173"
                    ],
                    "index": "pypi",
                    "version": "==2.2.0"
                }
            },
            "develop": {}
        }
        """

    @Test(
        "is installed by the tool that wrote it, fetched from the package index, and then not again",
        arguments: [
            (["uv.lock": uvLock, "pyproject.toml": project], "uv sync --locked --no-default-groups"),
            (["Pipfile": pipfile, "Pipfile.lock": pipfileLock], "pipenv install --deploy"),
        ])
    func install(_ files: [String: String], _ line: String) async throws {
        let index = try PackageIndex.default()
        let files = files.mapValues { index.named(in: $0) }.merging([".python-version": "3.11"]) { $1 }
        let bench = try Workbench(files)
        let product = try await bench.build()
        #expect(bench.lines.contains("-----> Installing dependencies using '\(line)'"))
        let ran = try await bench.runInDyno(product, "python -c 'import itsdangerous; print(itsdangerous.__file__)'")
        #expect(
            ran.output == "\(bench.folder)/app/.heroku/python/lib/python3.11/site-packages/itsdangerous/__init__.py\n",
            "\(bench.text)")
        try bench.checkOut(files)
        #expect(try await bench.build().layers == product.layers)
        #expect(bench.steps == [])
    }

    @Test("of Poetry's is installed by Poetry, fetched from the package index, and then not again")
    func poetry() async throws {
        let index = try PackageIndex.default()
        let bench = try Workbench([
            "pyproject.toml": Self.project.replacing("\"itsdangerous==2.2.0\"", with: "")
                + "\n[tool.poetry]\npackage-mode = false\n",
            "poetry.lock": """
            package = []

            [metadata]
            lock-version = "2.1"
            python-versions = ">=3.9"
            content-hash = "ff9c4d90a413e5b513f92a443c2607225973bebea8f831996abbafecd3ad8446"

            """, ".python-version": "3.11",
        ])
        try await bench.build()
        #expect(bench.lines.contains("-----> Installing Poetry"))
        #expect(bench.lines.contains("-----> Installing dependencies using 'poetry sync --only main'"), "\(bench.text)")

        var files = [
            "pyproject.toml": index.named(
                in: Self.project + """

                    [tool.poetry]
                    package-mode = false

                    [[tool.poetry.source]]
                    name = "index"
                    url = "@INDEX@"
                    priority = "primary"

                    """), ".python-version": "3.11",
        ]
        try bench.checkOut(files)
        files["poetry.lock"] = try await Self.lock(bench)
        #expect(files["poetry.lock"]?.contains("name = \"itsdangerous\"") == true)
        try bench.checkOut(files)
        let product = try await bench.build()
        #expect(bench.lines.contains("-----> Using cached Poetry"), "\(bench.text)")
        let ran = try await bench.runInDyno(product, "python -c 'import itsdangerous; print(itsdangerous.__name__)'")
        #expect(ran.output == "itsdangerous\n", "\(bench.text)")
        try bench.checkOut(files)
        #expect(try await bench.build().layers == product.layers)
        #expect(bench.steps == [])
    }

    /// The lock file that Poetry writes for the tree: the Poetry that the build before has fetched.
    private static func lock(_ bench: Workbench) async throws -> String {
        let tools = WorkTree(root: bench.cache).names(in: "python/tools").filter { $0.hasPrefix("poetry-") }
        let poetry = "\(bench.cache)/python/tools/\(try #require(tools.first))/bin/poetry"
        let environment = ["PATH": "/usr/bin:/bin", "HOME": bench.folder].merging(bench.request().passthrough) { $1 }
        let made = try await Workbench.capture(
            poetry, arguments: ["lock", "--no-interaction"], environment: environment, folder: bench.tree)
        try #require(made.end.isSuccess, "\(String(decoding: made.output + made.errors, as: UTF8.self))")
        return try FileTree.readText("\(bench.tree)/poetry.lock")
    }

    @Test("beside a requirements.txt wins over it, with one line, unless strict")
    func both() async throws {
        let files = ["poetry.lock": "x", "requirements.txt": "", "pyproject.toml": ""]
        let bench = try Workbench(files)
        await #expect(throws: BuildFailure.compileFailed("Python")) {
            try await bench.build(bench.request(isStrict: true))
        }
        #expect(bench.text.contains("Error: Multiple Python package manager files were found."))
    }

    @Test("or a requirements.txt is installed by the owner's uv where there is one")
    func ownTool() async throws {
        let files = ["requirements.txt": "itsdangerous==2.2.0\n", ".python-version": "3.11"]
        let bench = try Workbench(files)
        let uv = "\(bench.folder)/bin/uv"
        let python = try #require(Subprocess.find("python3", path: "/usr/bin:/bin"))
        let made = try await Workbench.capture(
            "/bin/bash",
            arguments: [
                "-c",
                "\(python) -m pip install -q --break-system-packages --target \(bench.folder)/uv uv && ln -s \(bench.folder)/uv/bin/uv \(uv)",
            ],
            environment: ["PATH": "/usr/bin:/bin", "HOME": bench.folder].merging(bench.request().passthrough) { $1 })
        try #require(made.end.isSuccess, "\(String(decoding: made.errors, as: UTF8.self))")
        let path = Workbench.environment("PATH") ?? ""
        let product = try await bench.build(bench.request(searchPath: "\(bench.folder)/bin:\(path)"))
        #expect(
            bench.steps.contains { $0.contains("uv pip install") || $0.contains("/uv/bin/uv pip install") },
            "\(bench.text)")
        #expect(try await bench.runInDyno(product, "python -c 'import itsdangerous'").end.isSuccess, "\(bench.text)")
    }
}
