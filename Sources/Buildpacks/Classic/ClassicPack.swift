internal import Model

/// A buildpack from outside, by the classic Buildpack API. Source: buildpack-api.md §1.
struct ClassicPack: Buildpack {
    /// As it was set: an address or a folder.
    let name: String

    private var place: String { "buildpacks/\(Digest(of: [name]).hex.prefix(24))" }

    func detect(_ session: BuildSession) async throws -> Detection {
        try await BuildpackSource(name: name, place: place).fetch(session)
        let pack = path(session)
        let answer = try await session.capture(
            "chmod -R u+rx \(shellQuoted(pack))/bin; exec \(shellQuoted("\(pack)/bin/detect")) \(shellQuoted(session.runner.appPath))",
            session.baseEnvironment)
        guard answer.ending == .code(0) else { return .notDetected(answer.lines.lines) }
        return .detected(answer.lines.lines.first { !$0.isEmpty } ?? name)
    }

    func compile(_ session: inout BuildSession) async throws -> PackRelease {
        let pack = path(session)
        let shared = "\(session.runner.cachePath)/shared"
        let command = """
            mkdir -p \(shellQuoted(shared))
            \(shellQuoted("\(pack)/bin/compile")) \(shellQuoted(session.runner.appPath)) \(shellQuoted(shared)) "$ENV_DIR"
            """
        let result = try await session.run(
            EnvironmentFolder.around(command), EnvironmentFolder.variables(session, session.baseEnvironment),
            isIndented: false)
        guard result.ending == .code(0) else { throw PackFailure() }
        try await readExport(&session)
        return try await release(session)
    }

    private func path(_ session: BuildSession) -> String { "\(session.runner.cachePath)/\(place)" }

    /// What the pack's `export` file sets, for the packs after it.
    private func readExport(_ session: inout BuildSession) async throws {
        guard session.cache.isFile("\(place)/export") else { return }
        let before = session.baseEnvironment
        // One variable a line: a newline in a value travels as the byte 1.
        let answer = try await session.capture(
            ". \(shellQuoted("\(path(session))/export")) >/dev/null 2>&1; env -0 | tr '\\n\\0' '\\001\\n'", before)
        for line in answer.lines.lines {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let key = String(line[..<equals])
            let value = line[line.index(after: equals)...].replacing("\u{1}", with: "\n")
            if ["_", "SHLVL", "PWD", "OLDPWD", "HOME"].contains(key) || before[key] == String(value) { continue }
            session.exported[key] = String(value)
        }
    }

    private func release(_ session: BuildSession) async throws -> PackRelease {
        guard session.cache.isFile("\(place)/bin/release") else { return PackRelease() }
        let answer = try await session.capture(
            "exec \(shellQuoted("\(path(session))/bin/release")) \(shellQuoted(session.runner.appPath)) 2>/dev/null",
            session.baseEnvironment)
        guard answer.ending == .code(0) else {
            throw await session.fail("Error: The buildpack's release step ended with \(answer.ending).")
        }
        let yaml = ReleaseYAML(answer.lines.lines)
        var types: [ProcessType: String] = [:]
        for (name, command) in yaml.maps["default_process_types"] ?? [:] {
            if let type = ProcessType(name) { types[type] = command }
        }
        let defaults = yaml.maps["config_vars"] ?? [:]
        if !defaults.isEmpty {
            // Defaults, so what the app's owner set wins.
            let lines = defaults.sorted { $0.key < $1.key }.map {
                "export \($0.key)=\"${\($0.key):-\(Self.quoted($0.value))}\""
            }
            try session.tree.write(lines.joined(separator: "\n") + "\n", to: ".profile.d/00_config_vars.sh")
        }
        return PackRelease(defaultProcessTypes: types, addons: yaml.lists["addons"] ?? [])
    }

    private static func quoted(_ text: String) -> String {
        text.map { "\\\"`$".contains($0) && $0 != "$" ? "\\\($0)" : String($0) }.joined()
    }
}
