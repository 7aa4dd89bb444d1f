import Model
import Testing

@testable import Buildpacks

@Suite("Which Python an app is built with", .timeLimit(.minutes(2)))
struct PythonVersionTests {
    @Test(
        "is read from the app's files",
        arguments: [
            (["runtime.txt": "python-3.11.4\n"], "3.11.4", "runtime.txt"),
            (["runtime.txt": "\u{FEFF} Python 3.11.4\r\n"], "3.11.4", "runtime.txt"),
            ([".python-version": "3.12"], "3.12", ".python-version"),
            ([".python-version": "# c\n3.12.1 # d\n"], "3.12.1", ".python-version"),
            (["runtime.txt": "python-3.9", ".python-version": "3.12"], "3.9", "runtime.txt"),
            (["Pipfile.lock": #"{"_meta":{"requires":{"python_version":"3.10"}}}"#], "3.10", "Pipfile.lock"),
        ])
    func read(_ files: [String: String], _ text: String, _ source: String) throws {
        let bench = try Workbench(files)
        let request = try PythonRequest.read(from: WorkTree(root: bench.tree), isStrict: false)
        #expect(request?.text == text && request?.source == source)
    }

    @Test(
        "is not to be told from an unclear file",
        arguments: [
            [".python-version": "3.12\n3.13"], [".python-version": "three"], [".python-version": ""],
            ["runtime.txt": "ruby-3"],
        ])
    func unclear(_ files: [String: String]) throws {
        let bench = try Workbench(files)
        #expect(throws: PythonRequest.Unclear.self) {
            try PythonRequest.read(from: WorkTree(root: bench.tree), isStrict: false)
        }
    }

    @Test("comes from pyenv, uv, asdf and mise too, and never from a shim")
    func search() throws {
        let bench = try Workbench()
        let home = WorkTree(root: "\(bench.folder)/home")
        for path in [
            ".pyenv/versions/3.4.1/bin/python3.4", ".local/share/uv/python/cpython-3.5.2-linux/bin/python3.5",
            ".asdf/installs/python/3.6.1/bin/python3.6",
            ".local/share/mise/installs/python/3.2.9/bin/python3.2", ".pyenv/shims/python3.3", "path/python3.1",
            "path/python3.1-config",
        ] {
            try home.write("#!/bin/sh\n", to: path, mode: 0o755)
        }
        let found = Interpreter.all(searchPath: "\(home.root)/.pyenv/shims:\(home.root)/path", home: home.root)
        let own = found.filter { $0.executable.hasPrefix(home.root) }.map(\.series.minor).sorted()
        #expect(own == [1, 2, 4, 5, 6])
    }

    @Test("is never Python 2, and nobody is told to install that")
    func python2() async throws {
        let bench = try Workbench(["requirements.txt": "", "runtime.txt": "python-2.7.18"])
        await #expect(throws: BuildFailure.compileFailed("Python")) { try await bench.build() }
        #expect(bench.text.contains("Error: Python 2 can't be used."), "\(bench.text)")
        #expect(!bench.text.contains("install 2.7"))
    }

    @Test("of a patch that isn't installed is the same series, with a note")
    func patch() async throws {
        let bench = try Workbench(["requirements.txt": "", "runtime.txt": "python-3.11.99"])
        try await bench.build()
        #expect(bench.text.contains("Python 3.11.99 isn't installed here; building with 3.11."), "\(bench.text)")
    }

    @Test("of a series that isn't installed is an error that lists what there is, or the nearest when told to")
    func series() async throws {
        let files = ["requirements.txt": "", ".python-version": "3.2"]
        let bench = try Workbench(files)
        await #expect(throws: BuildFailure.compileFailed("Python")) { try await bench.build() }
        for part in [
            "Error: Python 3.2 isn't installed", "Installed are: 3.", "uv python install 3.2", "pyenv install 3.2",
            "paas config:set PAAS_PYTHON_FALLBACK=1",
        ] {
            #expect(bench.text.contains(part), "\(part)")
        }
        #expect(
            bench.lines.suffix(3) == [" !     Push rejected, failed to compile Python app.", "", " !     Push failed"])
        try bench.checkOut(files)
        try await bench.build(bench.request(config: ["PAAS_PYTHON_FALLBACK": "1"]))
        #expect(bench.text.contains("because PAAS_PYTHON_FALLBACK is set"))
    }

    @Test("stays the one of the last build for an app without a wish")
    func sticky() async throws {
        let bench = try Workbench(["requirements.txt": "", ".python-version": "3.11"])
        try await bench.build()
        try bench.checkOut(["requirements.txt": ""])
        try await bench.build()
        #expect(
            bench.lines.contains(
                "-----> No Python version was specified. Using the same major version as the last build: Python 3.11"))
    }

    @Test(
        "below 3.10 is taken with one line that says what Heroku does", .enabled(if: hasPython39, "needs a Python 3.9"))
    func lenient() async throws {
        let bench = try Workbench(["requirements.txt": "", "runtime.txt": "python-3.9"])
        let product = try await bench.build()
        #expect(bench.text.contains("Python 3.9 has reached its end of life; Heroku refuses it."))
        #expect(try await bench.runInDyno(product, "python --version").output.hasPrefix("Python 3.9."))
    }

    static let hasPython39 = Interpreter.all(
        searchPath: Workbench.environment("PATH") ?? "", home: Workbench.environment("HOME") ?? ""
    ).contains { $0.series == PythonSeries(major: 3, minor: 9) }

    @Test("below 3.10 is refused when strict")
    func strict() async throws {
        let bench = try Workbench(["requirements.txt": "", ".python-version": "3.9"])
        await #expect(throws: BuildFailure.compileFailed("Python")) {
            try await bench.build(bench.request(isStrict: true))
        }
        #expect(bench.text.contains("Error: The requested Python version has reached end-of-life."))
    }
}
