import APIClient
import APISchema
import Console

extension Command {
    static let psScale = Command(
        "ps:scale", aliases: ["scale", "dyno:scale"], abstract: "scale dyno quantity up or down",
        discussion: "Appending a size (eg. web=2:Standard-2X) allows simultaneous scaling and resizing.\n\n"
            + "Omitting any arguments will display the app's current dyno formation, in a format suitable for passing back into ps:scale.",
        flags: [.app, .remote], operands: [.any("TYPE=COUNT", "process type and how many dynos")],
        examples: ["paas ps:scale web=3:Standard-2X worker+1", "paas ps:scale"]
    ) { invocation in
        let terminal = invocation.terminal
        let updates = try invocation.operands.map(ScaleRequest.parse)
        let (platform, app) = try await invocation.target()
        guard !updates.isEmpty else {
            let formation = try await platform.formation(of: app.id).sorted { $0.type < $1.type }
            guard !formation.isEmpty else {
                throw Failure(
                    "No process types on \(app.name).\nUpload a Procfile to add process types.",
                    mend: ["Add a file Procfile with a line like: web: gunicorn app:app"])
            }
            return terminal.print(formation.map { "\($0.type)=\($0.quantity):\($0.size)" }.joined(separator: " "))
        }
        try await terminal.action("Scaling dynos") { status in
            let formation = try await platform.updateFormation(of: app.id, updates)
            let asked = Set(updates.map(\.type))
            let now = formation.filter { asked.contains($0.type) }.map { entry in
                "\(terminal.errors.styled(entry.type, .green)) at \(entry.quantity):\(entry.size)"
            }
            status.finish("done, now running \(now.joined(separator: ", "))")
        }
        RetiredSize.warn(about: updates, on: terminal)
    }
}

/// `web=3`, `web+1`, `worker-2:Standard-2X`.
enum ScaleRequest {
    /// - Throws: for a word that is none. Heroku's CLI passes over those, and whoever typed `web=-1` takes it for done.
    static func parse(_ word: String) throws(Failure) -> FormationUpdate {
        guard let match = word.wholeMatch(of: /([A-Za-z0-9_-]+)([=+-][0-9]+)(?::([A-Za-z0-9_-]+))?/),
            let quantity = FormationQuantity(String(match.2.trimmingPrefix("=")))
        else { throw Failure("\(word) is invalid. Must be in the format TYPE=COUNT or TYPE=COUNT:SIZE.") }
        return FormationUpdate(type: String(match.1), quantity: quantity, size: match.3.map(String.init))
    }
}
