internal import Model

/// The corpora that `nltk.txt` lists.
struct DownloadNLTK {
    let environment: VirtualEnvironment

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
            "python -m nltk.downloader -d \(data) \(words)", session.environment(variables))
        guard result.ending == .code(0) else {
            throw await session.fail(
                "Error: Unable to download NLTK data.\n\nSee the log output above for more information.")
        }
        try session.shelve([data], as: name)
    }
}
