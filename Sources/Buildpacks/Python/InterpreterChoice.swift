internal import Model

/// The interpreter that an app is built with, and what to tell about the choice.
struct InterpreterChoice: Sendable {
    var interpreter: Interpreter
    var version: PythonVersion
    /// `Using Python 3.13 specified in .python-version`
    var line: String
    /// A sentence for a choice that is not quite what was asked for.
    var note: String?
}

extension InterpreterChoice {
    /// The config var that lets a build go on with the nearest version of Python there is.
    static let fallbackVariable = "PAAS_PYTHON_FALLBACK"

    /// - Parameter last: the series of the app's last build, which an app without a wish keeps.
    /// - Throws: ``PackFailure``, after the versions there are and the ways out have been printed.
    static func make(
        for request: PythonRequest?, last: PythonSeries?, _ session: BuildSession
    ) async throws -> InterpreterChoice {
        let all = Interpreter.all(searchPath: session.request.searchPath, home: session.request.home)
        var book = InterpreterBook(session.cache)
        let series = Set(all.map(\.series)).sorted(by: >)
        func newest(_ wanted: PythonSeries) async throws -> (interpreter: Interpreter, version: PythonVersion)? {
            try await book.versions(of: all.filter { $0.series == wanted }, session).first
        }
        guard let request else {
            if let last, let pick = try await newest(last) {
                return InterpreterChoice(
                    interpreter: pick.interpreter, version: pick.version,
                    line:
                        "No Python version was specified. Using the same major version as the last build: Python \(last)"
                )
            }
            for candidate in series {
                guard let pick = try await newest(candidate) else { continue }
                return InterpreterChoice(
                    interpreter: pick.interpreter, version: pick.version,
                    line: "No Python version was specified. Using the newest installed: Python \(candidate)")
            }
            throw await session.fail(
                missingText(PythonRequest(series: PythonSeries(major: 3, minor: 13), patch: nil, source: ""), []))
        }
        if session.request.isStrict, request.series < PythonSeries(major: 3, minor: 10) {
            throw await session.fail(
                """
                Error: The requested Python version has reached end-of-life.

                Python \(request.series) has reached its upstream end-of-life, and is
                therefore no longer receiving security updates.
                Change the version in \(request.source) to 3.10 or newer.
                """)
        }
        let line = "Using Python \(request.text) specified in \(request.source)"
        let isPast = request.series < PythonSeries(major: 3, minor: 10)
        let lenience = isPast ? "Python \(request.series) has reached its end of life; Heroku refuses it." : nil
        // A Python 2 that is installed has no venv, and no pip that the package index still answers.
        let usable = request.series.major < 3 ? [] : all.filter { $0.series == request.series }
        let same = try await book.versions(of: usable, session)
        if let patch = request.patch, let exact = same.first(where: { $0.version.patch == patch }) {
            return InterpreterChoice(
                interpreter: exact.interpreter, version: exact.version, line: line, note: lenience)
        }
        if let pick = same.first {
            let note = request.patch.map { _ in
                "Python \(request.text) isn't installed here; building with \(pick.version), the same series."
            }
            return InterpreterChoice(
                interpreter: pick.interpreter, version: pick.version, line: line, note: note ?? lenience)
        }
        let there = try await book.versions(of: all, session)
        let switchedOn = !["", "0", "false"].contains(session.config(fallbackVariable) ?? "")
        guard switchedOn, let nearest = nearest(to: request.series, there) else {
            let versions = there.map(\.version)
            throw await session.fail(
                request.series.major < 3 ? python2Text(request, versions) : missingText(request, versions))
        }
        return InterpreterChoice(
            interpreter: nearest.interpreter, version: nearest.version, line: line,
            note: "Python \(request.text) isn't installed here; building with \(nearest.version), because"
                + " \(fallbackVariable) is set. Old pins may not build on it.")
    }

    /// The next newer series, or the newest older one.
    private static func nearest(
        to wanted: PythonSeries, _ there: [(interpreter: Interpreter, version: PythonVersion)]
    ) -> (interpreter: Interpreter, version: PythonVersion)? {
        let newer = there.filter { $0.version.series > wanted }.map(\.version.series).min()
        let series = newer ?? there.map(\.version.series).max()
        return there.first { $0.version.series == series }
    }

    private static func python2Text(_ request: PythonRequest, _ versions: [PythonVersion]) -> String {
        let there = Array(Set(versions)).sorted(by: >).map(\.description).joined(separator: ", ")
        return """
            Error: Python 2 can't be used.

            \(request.source) asks for Python \(request.text). Python 2 has had no updates
            since 2020; current tools neither install nor run its packages.
            Installed are: \(there.isEmpty ? "none" : there)

            Change the version in \(request.source) to one of Python 3, and the app's
            code with it, then push again.
            """
    }

    private static func missingText(_ request: PythonRequest, _ versions: [PythonVersion]) -> String {
        let there = Array(Set(versions)).sorted(by: >).map(\.description).joined(separator: ", ")
        let exact = request.patch == nil ? latestPatch(of: request.series) : request.text
        let origin =
            request.source.isEmpty ? "The app needs Python 3." : "\(request.source) asks for Python \(request.text)."
        let fallback =
            there.isEmpty
            ? ""
            : """


            Or build with the nearest one that is installed (pinned packages of
            that time may not build on a newer Python):
              paas config:set \(fallbackVariable)=1
            """
        return """
            Error: Python \(request.text) isn't installed on this machine.

            \(origin)
            Installed are: \(there.isEmpty ? "none" : there)

            Install it with one of these, then push again:
              uv python install \(request.series)
              pyenv install \(exact)\(fallback)
            """
    }

    /// What `pyenv install` calls the last release of a series; its own prefix match does for those that still move.
    private static func latestPatch(of series: PythonSeries) -> String {
        let ended = [6: 15, 7: 17, 8: 20, 9: 25]
        guard series.major == 3, let patch = ended[series.minor] else { return series.description }
        return "\(series).\(patch)"
    }
}
