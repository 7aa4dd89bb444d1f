import APIClient
import APISchema
import Console

extension Command {
    static let psType = Command(
        "ps:type", aliases: ["resize", "ps:resize", "dyno:resize", "dyno:type"],
        abstract: "manage dyno sizes",
        discussion:
            "Called with no arguments shows the current dyno size. Called with one argument sets the size of all "
            + "dynos. Called with 1..n TYPE=SIZE arguments sets the size per type.\n\nSizes set the memory limit; all cost nothing here.",
        flags: [.app, .remote], operands: [.any("TYPE=SIZE", "size, or process type and size")],
        examples: ["paas ps:type", "paas ps:type Basic", "paas ps:type web=Standard-2X"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        var formation = try await platform.formation(of: app.id)
        let updates = try SizeRequest.parse(invocation.operands, types: formation.map(\.type).sorted())
        if !updates.isEmpty {
            try await terminal.action("Scaling dynos on \(terminal.appName(app.name))") { _ in
                _ = try await platform.updateFormation(of: app.id, updates)
            }
            RetiredSize.warn(about: updates, on: terminal)
            formation = try await platform.formation(of: app.id)
        }
        guard !formation.isEmpty else {
            throw Failure(
                "No process types on \(app.name).\nUpload a Procfile to add process types.",
                mend: ["Add a file Procfile with a line like: web: gunicorn app:app"])
        }
        printSizes(formation.sorted { $0.type < $1.type }, terminal)
    }

    private static func printSizes(_ formation: [FormationResource], _ terminal: Terminal) {
        terminal.header("Process Types")
        var types = Table(["type", "size", "qty", "cost/hour", "max cost/month"])
        for entry in formation { types.add([entry.type, entry.size, String(entry.quantity), "free", "free"]) }
        terminal.table(types)
        terminal.print()
        terminal.header("Dyno Totals")
        var totals = Table(["type", "total"])
        let sizes = Dictionary(grouping: formation, by: \.size).mapValues { $0.map(\.quantity).reduce(0, +) }
        for (size, total) in sizes.sorted(by: { $0.key < $1.key }) { totals.add([size, String(total)]) }
        terminal.table(totals)
    }
}

/// `Basic` for every type, or `web=Standard-2X` for one.
enum SizeRequest {
    static func parse(_ words: [String], types: [String]) throws(Failure) -> [FormationUpdate] {
        guard let first = words.first else { return [] }
        if words.count == 1, !first.contains("=") { return types.map { FormationUpdate(type: $0, size: first) } }
        var updates: [FormationUpdate] = []
        for word in words {
            let halves = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard halves.count == 2 else { throw Failure("\(word) is invalid. Must be in the format TYPE=SIZE.") }
            guard types.contains(halves[0]) else {
                throw Failure(
                    "Type \(halves[0]) not found in process formation.\nTypes: \(types.joined(separator: ", "))")
            }
            updates.append(FormationUpdate(type: halves[0], size: halves[1]))
        }
        return updates
    }
}
