import Glibc
import Model
import Posix
import Slugs
import Testing

@testable import Buildpacks

@Suite("A Python app", .timeLimit(.minutes(5)))
struct PythonAppTests {
    @Test("with Django has its static files collected on each build, and asks for Postgres when it has a driver")
    func django() async throws {
        let files = [
            "requirements.txt": "Django==4.2.16\n", ".python-version": "3.11",
            "Procfile": "web: python manage.py runserver\n",
            "manage.py": """
            import os, sys
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
            from django.core.management import execute_from_command_line
            execute_from_command_line(sys.argv)
            """,
            "site1/__init__.py": "",
            "site1/settings.py": """
            import os
            SECRET_KEY = os.environ["SECRET_KEY"]
            INSTALLED_APPS = ["django.contrib.staticfiles"]
            STATIC_URL = "/static/"
            STATIC_ROOT = "staticfiles"
            STATICFILES_DIRS = ["assets"]
            """,
            "assets/a.css": "a",
        ]
        let bench = try Workbench(files)
        await #expect(throws: BuildFailure.compileFailed("Python")) { try await bench.build() }
        #expect(bench.text.contains("Error: Unable to generate Django static files."), "\(bench.text)")
        try bench.checkOut(files)
        let product = try await bench.build(bench.request(config: ["SECRET_KEY": "x1x1x1x1"]))
        #expect(bench.steps.count == 1, "\(bench.steps)")
        #expect(bench.lines.contains("-----> $ python manage.py collectstatic --noinput"))
        #expect(bench.text.contains("1 static file copied to"))
        #expect(FileTree.exists("\(bench.tree)/staticfiles/a.css"))
        #expect(product.addons == [])
        try bench.checkOut(files)
        try await bench.build(bench.request(config: ["DISABLE_COLLECTSTATIC": "1"]))
        #expect(
            bench.lines.contains("-----> Skipping Django collectstatic since the env var DISABLE_COLLECTSTATIC is set.")
        )
        #expect(bench.steps == [])
    }

    @Test("whose NLTK data can't be fetched is not built without it, and the message says what to do")
    func corpora() async throws {
        var files = ["requirements.txt": "nltk==3.9.1\n", ".python-version": "3.11"]
        let bench = try Workbench(files)
        try await bench.build()
        #expect(bench.lines.contains("       'nltk.txt' not found, not downloading any corpora"), "\(bench.text)")
        files["nltk.txt"] = "stopwords\n"
        try bench.checkOut(files)
        var request = bench.request()
        // Nobody listens there.
        for name in ["https_proxy", "HTTPS_PROXY"] { request.passthrough[name] = "http://127.0.0.1:9" }
        await #expect(throws: BuildFailure.compileFailed("Python")) { try await bench.build(request) }
        #expect(bench.lines.contains("-----> Downloading NLTK packages: stopwords"))
        #expect(bench.text.contains("Error: The server of the NLTK data can't be reached."), "\(bench.text)")
        #expect(bench.text.contains("python -m nltk.downloader -d nltk_data stopwords"))
    }

    @Test("may have hooks, which see the config vars as variables and as files")
    func hooks() async throws {
        let bench = try Workbench([
            "requirements.txt": "", "bin/pre_compile": "#!/bin/bash\necho \"pre $GREETING $(cat $ENV_DIR/GREETING)\"\n",
            "bin/post_compile": "#!/bin/bash\npython -c 'print(\"post\")'; echo made > made.txt\n",
        ])
        try await bench.build(bench.request(config: ["GREETING": "hello", "PATH": "/nowhere"]))
        #expect(bench.lines.contains("       pre hello hello"), "\(bench.text)")
        #expect(bench.lines.contains("       post"))
        #expect(FileTree.exists("\(bench.tree)/made.txt"))
        let failing = try Workbench(["requirements.txt": "", "bin/pre_compile": "exit 3\n"])
        await #expect(throws: BuildFailure.compileFailed("Python")) { try await failing.build() }
        #expect(failing.text.contains("Error: Failed to run the bin/pre_compile script."))
    }

    @Test("may install more in its last hook, without a trace in the shelf")
    func postInstall() async throws {
        let files = ["requirements.txt": "itsdangerous==2.2.0\n", ".python-version": "3.11"]
        let bench = try Workbench(files)
        let plain = try await bench.build()
        let hook =
            "#!/bin/bash\necho 'x = 7' > $(python -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))')/extra.py\n"
        try bench.checkOut(files.merging(["bin/post_compile": hook]) { $1 })
        let product = try await bench.build()
        #expect(product.layers == [])
        #expect(
            try await bench.runInDyno(product, "python -c 'import extra, itsdangerous; print(extra.x)'").output
                == "7\n",
            "\(bench.text)")
        let layer = try #require(bench.store.path(of: plain.layers[0]))
        #expect(!FileTree.exists("\(layer)/.heroku/python/lib/python3.11/site-packages/extra.py"))
    }

    @Test("that is a package itself is installed from where it stands")
    func editable() async throws {
        let files = [
            "requirements.txt": "-e .\n", ".python-version": "3.11",
            "pyproject.toml":
                "[project]\nname = \"mine\"\nversion = \"1.0\"\n[project.scripts]\nmine = \"mine:main\"\n[tool.setuptools]\npy-modules = [\"mine\"]\n",
            "mine.py": "def main(): print('mine from', __file__)\n",
        ]
        let bench = try Workbench(files)
        let product = try await bench.build()
        let ran = try await bench.runInDyno(product, "mine")
        #expect(ran.output.contains("mine from \(bench.folder)/app/mine.py"), "\(ran) \(bench.text)")
    }

    @Test("whose C extension misses a header shows pip's error whole and names the package that has it")
    func header() async throws {
        let bench = try Workbench([
            "requirements.txt": "./ext\n", ".python-version": "3.11",
            "ext/setup.py":
                "from setuptools import setup, Extension\nsetup(name='ext', version='1', ext_modules=[Extension('ext', ['ext.c'])])\n",
            "ext/ext.c": "#include <Python.h>\n#include <libmemcached/memcached.h>\n#include <ldap.h>\n",
        ])
        await #expect(throws: BuildFailure.compileFailed("Python")) { try await bench.build() }
        #expect(bench.text.contains("fatal error: libmemcached/memcached.h"), "\(bench.text)")
        #expect(bench.text.contains("apt-file search libmemcached/memcached.h"))
    }

    @Test(
        "that fails for a missing header or program is told the package",
        arguments: [
            ("  psycopg/psycopg.h:35:10: fatal error: libpq-fe.h: No such file or directory", "libpq-dev"),
            ("fatal error: Python.h: No such file or directory", "python3-dev"),
            ("Error: pg_config executable not found.", "libpq-dev"),
            ("c/_cffi_backend.c:15:10: fatal error: ffi.h: No such file or directory", "libffi-dev"),
            ("fatal error: openssl/opensslv.h: No such file or directory", "libssl-dev"),
            ("fatal error: 'jpeglib.h' file not found", "libjpeg-dev"),
            ("error: command 'gcc' failed: No such file or directory", "build-essential"),
        ])
    func hint(_ line: String, _ package: String) {
        #expect(MissingHeader.hint(in: ["x", line])?.hasSuffix("sudo apt-get install \(package)") == true)
    }

    @Test("builds psycopg2 from source")
    func psycopg2() async throws {
        let bench = try Workbench(["requirements.txt": "psycopg2==2.9.9\n", ".python-version": "3.11"])
        let product = try await bench.build()
        #expect(
            try await bench.runInDyno(product, "python -c 'import psycopg2; print(psycopg2.__version__)'").output
                .hasPrefix(
                    "2.9.9"))
    }

    @Test("takes a committed environment from elsewhere with one line, or not at all when strict")
    func committedEnvironment() async throws {
        let files = ["requirements.txt": "", "venv/pyvenv.cfg": "home = /elsewhere\n"]
        let bench = try Workbench(files)
        try await bench.build()
        #expect(bench.text.contains("Heroku refuses it: git rm -r --cached venv"))
        try bench.checkOut(files)
        await #expect(throws: BuildFailure.compileFailed("Python")) {
            try await bench.build(bench.request(isStrict: true))
        }
        #expect(bench.text.contains("Error: Existing 'venv/' directory found."))
    }

    @Test("whose links lead out of its tree is not read or written there")
    func links() async throws {
        let bench = try Workbench(["requirements.txt": "", "app.py": ""])
        try FileTree.write(Array("secret 3.99\n".utf8), to: "\(bench.folder)/outside")
        #expect(symlink("\(bench.folder)/outside", "\(bench.tree)/.python-version") == 0)
        #expect(symlink(bench.folder, "\(bench.tree)/.profile.d") == 0)
        await #expect(throws: BuildFailure.compileFailed("Python")) { try await bench.build() }
        #expect(!bench.text.contains("3.99"))
        #expect(!FileTree.exists("\(bench.folder)/python.sh"))
    }

    @Test(
        "is told plainly what is missing",
        arguments: [
            (["Pipfile": "x"], "Error: No 'Pipfile.lock' found!"),
            (["setup.py": "x"], "Error: Implicit setup.py file support has been sunset."),
            (["app.py": "x"], "Error: Couldn't find any supported Python package manager files."),
            (["requirement.txt": "x"], "git mv requirement.txt requirements.txt"),
            (["poetry.lock": "x", "uv.lock": "x"], "Error: Multiple Python package manager files were found."),
        ])
    func missing(_ files: [String: String], _ text: String) async throws {
        let bench = try Workbench(files)
        await #expect(throws: BuildFailure.compileFailed("Python")) { try await bench.build() }
        #expect(bench.text.contains(text))
    }

    @Test("that nothing recognises gives Heroku's message and the files that were looked for")
    func nothing() async throws {
        let bench = try Workbench(["readme.md": "x"])
        await #expect(throws: BuildFailure.noBuildpack(tried: DetectedFiles.all)) { try await bench.build() }
        #expect(
            bench.text == """
                -----> Building on the Heroku-24 stack
                -----> Determining which buildpack to use for this app
                 !     No default language could be detected for this app.
                \t\t\tHINT: This occurs when Heroku cannot detect the buildpack to use for this application automatically.
                \t\t\tSee https://devcenter.heroku.com/articles/buildpacks
                \t\t\tLooked for: \(DetectedFiles.all.joined(separator: ", "))

                 !     Push failed
                """)
    }

    @Test("ends with its task")
    func cancelled() async throws {
        let bench = try Workbench(["requirements.txt": "", "bin/pre_compile": "#!/bin/bash\necho started\nsleep 300\n"])
        let build = Task { try await bench.build() }
        while !bench.lines.contains("       started") { try await Task.sleep(for: .milliseconds(10)) }
        build.cancel()
        await #expect(throws: CancellationError.self) { try await build.value }
    }
}

@Suite(
    "A Python app in the sandbox", .timeLimit(.minutes(5)),
    .enabled(if: geteuid() == 0, "needs root for mount namespaces"))
struct SandboxedPythonTests {
    /// An interpreter that is not the system's, to make a copy of.
    static let source = Interpreter.all(
        searchPath: Workbench.environment("PATH") ?? "", home: Workbench.environment("HOME") ?? ""
    ).first { $0.series >= PythonSeries(major: 3, minor: 11) && !$0.executable.hasPrefix("/usr/") }

    @Test(
        "has an interpreter that dynos don't see copied in, and its packages beside it",
        .enabled(if: source != nil, "needs a Python outside /usr"),
        arguments: [Workbench.Shape.sandboxed, .sandboxedAs(31_234)])
    func copied(shape: Workbench.Shape) async throws {
        let source = try #require(Self.source)
        let files = [
            "requirements.txt": "gunicorn==22.0.0\n", ".python-version": source.series.description,
            "Procfile": "web: gunicorn app:app\n", "app.py": "app = 1\n",
        ]
        let bench = try Workbench(files, shape: shape)
        let copied = try await Workbench.capture(
            "/bin/cp", arguments: ["-a", source.prefix, "\(bench.folder)/own"], environment: ["PATH": "/usr/bin:/bin"])
        try #require(copied.end.isSuccess)
        let request = bench.request(searchPath: "\(bench.folder)/own/bin", home: "/nonexistent")
        let product = try await bench.build(request)
        #expect(product.layers.count == 2, "\(bench.text)")
        let ran = try await bench.runInDyno(
            product,
            "gunicorn --version; pip --version | cut -c1-4; python -c 'import sys, ssl; print(sys.prefix, sys.base_prefix)'"
        )
        #expect(ran.output == "gunicorn (version 22.0.0)\npip \n/app/.heroku/python /app/.heroku/cpython\n", "\(ran)")
        try bench.checkOut(files)
        #expect(try await bench.build(request).layers == product.layers)
        #expect(bench.steps == [])
    }

    @Test(
        "uses an interpreter of somebody's home where it is", .enabled(if: source != nil, "needs a Python outside /usr")
    )
    func home() async throws {
        let source = try #require(Self.source)
        let bench = try Workbench(
            ["requirements.txt": "", ".python-version": source.series.description, "app.py": ""], shape: .sandboxed)
        let product = try await bench.build()
        #expect(product.layers.count == 1, "\(bench.text)")
        #expect(try await bench.runInDyno(product, "python -c 'import ssl; print(1)'").output == "1\n")
    }

    @Test("uses the machine's interpreter where it is")
    func system() async throws {
        let bench = try Workbench(["requirements.txt": "itsdangerous\n", "app.py": ""], shape: .sandboxed)
        let product = try await bench.build(bench.request(searchPath: "/usr/bin:/bin", home: "/nonexistent"))
        #expect(product.layers.count == 1, "\(bench.text)")
        let ran = try await bench.runInDyno(product, "python -c 'import itsdangerous, sys; print(sys.base_prefix)'")
        #expect(ran.output == "/usr\n", "\(ran)")
    }
}
