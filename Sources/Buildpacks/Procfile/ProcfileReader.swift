internal import Model

/// Finds the app's Procfile after the build, and says what is odd about it.
struct ProcfileReader {
    let session: BuildSession

    /// - Throws: ``BuildFailure`` when it cannot be read as text.
    func read() async throws -> Procfile.Reading {
        let empty = Procfile.Reading(entries: [], remarks: [])
        guard let name = await find(), let bytes = session.tree.read(name) else { return empty }
        let reading: Procfile.Reading
        do {
            reading = try Procfile.read(bytes)
        } catch {
            throw BuildFailure.procfile(error)
        }
        for remark in reading.remarks { await session.output.failure("\(name): \(remark)") }
        if reading.entries.isEmpty, reading.remarks.isEmpty { await session.output.failure("The \(name) is empty.") }
        for (type, command) in reading.entries {
            guard let missing = MissingScript.find(in: command, session) else { continue }
            await session.output.failure("\(name): \(type) runs \(missing.path), which is not in the commit.")
            if let near = missing.near { await session.output.failure("  Did you mean \(near)?") }
        }
        return reading
    }

    private func find() async -> String? {
        if session.tree.isFile("Procfile") { return "Procfile" }
        guard !session.request.isStrict else { return nil }
        let near = session.tree.names(in: "").filter { ["procfile", "procfile.txt"].contains($0.lowercased()) }
        guard let name = near.first(where: session.tree.isFile) else { return nil }
        await session.output.failure("Reading \(name) as the Procfile; Heroku wants exactly that name.")
        await session.output.failure("  git mv \(name) Procfile")
        return name
    }
}
