import Model
import Testing

@testable import Buildpacks

@Suite("The Python buildpack", .timeLimit(.minutes(5)))
struct PythonPackTests {
    static let app = "import sys\nprint('hello from', sys.version_info[:2], sys.prefix != sys.base_prefix)\n"

    @Test("builds an app without packages without pip, and the second time without any command")
    func empty() async throws {
        let files = ["requirements.txt": "# nothing\n", "Procfile": "web: python app.py\n", "app.py": Self.app]
        let bench = try Workbench(files)
        let first = try await bench.build()
        #expect(!bench.steps.contains { $0.contains("pip") })
        let ran = try await bench.runInDyno(first, "python app.py && echo $WEB_CONCURRENCY")
        #expect(ran.output.hasPrefix("hello from (3, "), "\(ran)")
        #expect(ran.output.contains("True\n2\n"))
        try bench.checkOut(files)
        let second = try await bench.build()
        #expect(bench.steps == [])
        #expect(second.layers == first.layers)
    }

    @Test("installs packages once, and takes them from the shelf while requirements.txt is the same")
    func packages() async throws {
        let files = [
            "requirements.txt": "flask==3.0.3\ngunicorn==22.0.0\n", "Procfile": "web: gunicorn app:app\n",
            "app.py": "import flask; app = flask.Flask(__name__)\n",
            ".python-version": "3.11\n",
        ]
        let bench = try Workbench(files)
        let first = try await bench.build()
        print(bench.text)
        let ran = try await bench.runInDyno(
            first, "gunicorn --version && flask --version && gunicorn --check-config app:app && echo fine")
        #expect(ran.output.contains("gunicorn (version 22.0.0)"), "\(ran)")
        #expect(ran.output.contains("fine"), "\(ran)")
        try bench.checkOut(files)
        let second = try await bench.build()
        #expect(bench.steps == [])
        #expect(second.layers == first.layers)
    }
}
