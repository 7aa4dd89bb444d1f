internal import Model

/// The corpora that `nltk.txt` lists.
struct DownloadNLTK {
    let environment: VirtualEnvironment

    /// NLTK itself waits without limit.
    private static let limitSeconds = 600
    private static let networkErrors = ["urlopen error", "Error connecting to server", "timed out"]

    func run(_ session: inout BuildSession, _ variables: [String: String]) async throws {
        guard session.hostPath("\(environment.sitePackages)/nltk") != nil else { return }
        guard let text = session.tree.readText("nltk.txt") else {
            await session.output.step("Downloading NLTK corpora...")
            await session.output.body("'nltk.txt' not found, not downloading any corpora")
            return
        }
        let packages = text.split(whereSeparator: \.isWhitespace).map(String.init)
        await session.output.step("Downloading NLTK packages: \(packages.joined(separator: " "))")
        let data = ".heroku/nltk_data"
        let name = "nltk-\(Digest(of: ["nltk", "1"] + packages).hex.prefix(40))"
        try session.tree.write("export NLTK_DATA=\"$HOME/\(data)\"\n", to: ".profile.d/nltk.sh")
        if try session.reuse(name, [data]) { return }
        let words = packages.map(shellQuoted).joined(separator: " ")
        let result = try await session.run(
            "timeout \(Self.limitSeconds) python -m nltk.downloader -d \(data) \(words)", session.environment(variables)
        )
        // 124: `timeout` had to end it. For what goes wrong NLTK itself has no exit status, only words.
        let isUnreachable =
            result.ending == .code(124) || Self.networkErrors.contains(where: result.lines.contains)
        if isUnreachable { throw await unreachable(packages, session) }
        guard result.ending == .code(0) else {
            throw await session.fail(
                "Error: Unable to download NLTK data.\n\nSee the log output above for more information.")
        }
        if result.lines.contains("[nltk_data] Error loading") {
            await session.output.warning("Warning: Not everything that nltk.txt lists could be downloaded.")
            return
        }
        try session.shelve([data], as: name)
    }

    private func unreachable(_ packages: [String], _ session: BuildSession) async -> PackFailure {
        await session.fail(
            """
            Error: The server of the NLTK data can't be reached.

            nltk.txt lists data that has to be fetched, and the server that
            NLTK asks doesn't answer. Is there a network, a proxy (HTTPS_PROXY)?
            Without one, commit the data and remove nltk.txt:
              python -m nltk.downloader -d nltk_data \(packages.joined(separator: " "))
              paas config:set NLTK_DATA=/app/nltk_data
            """)
    }
}
