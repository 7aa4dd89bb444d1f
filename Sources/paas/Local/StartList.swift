import Console

/// Which process types to start, and how many of each: `web=2,worker`.
struct StartList: Equatable {
    struct Entry: Equatable {
        let type: String
        var count: Int
    }

    private(set) var entries: [Entry] = []

    /// - Throws: ``Failure`` for a part that is no `TYPE` and no `TYPE=COUNT`.
    init(parsing text: String) throws(Failure) {
        for part in text.split(separator: ",") where !part.trimmingBlanks.isEmpty {
            guard let match = part.trimmingBlanks.wholeMatch(of: /([A-Za-z0-9_-]+)(?:=([0-9]{1,3}))?/) else {
                throw Failure("\(part) is invalid. Must be in the format TYPE or TYPE=COUNT.", exitCode: 2)
            }
            let entry = Entry(type: String(match.1), count: match.2.flatMap { Int($0) } ?? 1)
            // As a type that is typed twice on Heroku: its first place, its last count.
            if let index = entries.firstIndex(where: { $0.type == entry.type }) {
                entries[index] = entry
            } else {
                entries.append(entry)
            }
        }
    }

    /// One of each, but never the release phase, which belongs to a deploy.
    init(allOf procfile: LocalProcfile) {
        entries = procfile.types.filter { $0 != "release" }.map { Entry(type: $0, count: 1) }
    }

    /// The columns that the longest name needs: `worker.2`.
    var nameWidth: Int { entries.map { $0.type.count + 1 + String($0.count).count }.max() ?? 0 }
}
