internal import HTTP

extension SearchAPI {
    /// `/_cluster/health`
    func cluster(_ call: Call) async throws -> Reply {
        guard call.path.count >= 2, call.path[1] == "health" else {
            throw SearchError.unsupported("[\(call.request.path.prefix(200))]")
        }
        try allow("GET", "HEAD", for: call)
        let expression = call.path.count > 2 ? call.path[2] : "_all"
        let count = try await file.read { database, _ in
            try IndexTable(database: database).matching(expression, ignoresMissing: true).count
        }
        return .json([
            "cluster_name": "paas", "status": "green", "timed_out": false, "number_of_nodes": 1,
            "number_of_data_nodes": 1, "active_primary_shards": .int(count), "active_shards": .int(count),
            "relocating_shards": 0, "initializing_shards": 0, "unassigned_shards": 0, "delayed_unassigned_shards": 0,
            "number_of_pending_tasks": 0, "number_of_in_flight_fetch": 0, "task_max_waiting_in_queue_millis": 0,
            "active_shards_percent_as_number": 100.0,
        ])
    }

    /// `/_cat/indices`, `/_cat/count` and `/_cat/health`
    func cat(_ call: Call) async throws -> Reply {
        try allow("GET", for: call)
        guard call.path.count > 1 else {
            return Reply(
                body: .text(
                    "=^.^=\n/_cat/indices\n/_cat/indices/{index}\n/_cat/count\n/_cat/count/{index}\n/_cat/health\n"))
        }
        let expression = call.path.count > 2 ? call.path[2] : "_all"
        let counts = try await file.read { database, _ in
            try IndexTable(database: database).matching(expression).map { index in
                (index, try DocumentTable(database: database).count(in: index))
            }
        }
        switch call.path[1] {
        case "indices":
            let columns = [
                "health", "status", "index", "uuid", "pri", "rep", "docs.count", "docs.deleted", "store.size",
                "pri.store.size", "dataset.size",
            ]
            let sizes = try await sizes(of: counts.map(\.0))
            let rows = zip(counts, sizes).map { entry, size in
                ["green", "open", entry.0.name, entry.0.uuid, "1", "0", "\(entry.1)", "0", size, size, size]
            }
            return table(columns, rows, call)
        case "count":
            let seconds = Identifiers.now() / 1000
            let time = String(DateText.iso(seconds * 1000).dropFirst(11).prefix(8))
            return table(
                ["epoch", "timestamp", "count"], [["\(seconds)", time, "\(counts.reduce(0) { $0 + $1.1 })"]], call)
        case "health":
            return table(
                ["cluster", "status", "node.total", "shards"], [["paas", "green", "1", "\(counts.count)"]], call)
        default: throw SearchError.unsupported("[\(call.request.path.prefix(200))]")
        }
    }

    /// How many bytes of documents there are; what they are found by is not counted.
    private func sizes(of indexes: [Index]) async throws -> [String] {
        try await file.read { database, _ in
            try indexes.map { index in
                let bytes =
                    try database.row("SELECT sum(length(source)) FROM \(index.documents)") { $0.integer(0) } ?? 0
                switch bytes {
                case ..<1024: return "\(bytes)b"
                case ..<(1 << 20): return "\(Double(bytes * 10 / 1024) / 10)kb"
                default: return "\(Double(bytes * 10 >> 20) / 10)mb"
                }
            }
        }
    }

    /// Columns for people, or a list of objects for `format=json`.
    private func table(_ columns: [String], _ rows: [[String]], _ call: Call) -> Reply {
        var rows = rows
        var shown = Array(columns.indices)
        if let names = call.parameters["h"] {
            shown = names.split(separator: ",").compactMap { columns.firstIndex(of: String($0)) }
        }
        if let key = call.parameters["s"]?.split(separator: ":").first, let column = columns.firstIndex(of: String(key))
        {
            rows.sort { $0[column] < $1[column] }
        }
        if call.parameters["format"] == "json" {
            return .json(.list(rows.map { row in .object(shown.map { .init(columns[$0], .text(row[$0])) }) }))
        }
        let lines = (call.isSet("v") ? [columns] : []) + rows
        let widths = shown.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let text = lines.map { line in
            zip(shown, widths).map { column, width in
                line[column] + String(repeating: " ", count: width - line[column].count)
            }.joined(separator: " ") + "\n"
        }
        return Reply(body: .text(text.joined()))
    }
}
