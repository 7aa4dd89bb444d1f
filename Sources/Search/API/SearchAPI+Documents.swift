internal import HTTP

extension SearchAPI {
    /// `/INDEX/_doc[/ID]` and `/INDEX/_create/ID`
    func document(_ id: String?, in index: String, _ call: Call, isNew: Bool = false) async throws -> Reply {
        switch call.method {
        case "GET", "HEAD":
            guard let id, !isNew else { throw unknown(call) }
            return try await get(id, from: index, call)
        case "PUT" where id == nil: throw unknown(call)
        case "PUT", "POST":
            var condition = try DocumentCondition(call.parameters)
            condition.isNew = condition.isNew || isNew
            return try await change(call) { [condition] in
                try $0.put(call.request.body, id: id, in: index, if: condition)
            }
        case "DELETE":
            guard let id, !isNew else { throw unknown(call) }
            let condition = try DocumentCondition(call.parameters)
            return try await change(call) { try $0.remove(id, from: index, if: condition) }
        default:
            try allow("GET", "HEAD", "PUT", "POST", "DELETE", for: call)
            throw unknown(call)
        }
    }

    private func change(
        _ call: Call, _ body: @escaping @Sendable (DocumentChanges) throws -> DocumentOutcome
    ) async throws -> Reply {
        try await file.write { database, _ in
            let changes = DocumentChanges(database)
            let outcome = try body(changes)
            try changes.finish()
            return .json(outcome.json, status: outcome.status)
        }
    }

    private func get(_ id: String, from name: String, _ call: Call) async throws -> Reply {
        var filter = SourceFilter()
        filter.read(call.parameters)
        let shown = filter
        return try await file.read { database, _ in
            let index = try IndexTable(database: database).require(name)
            let stored = try DocumentTable(database: database).find(id, in: index)
            if call.method == "HEAD" { return .exists(stored != nil) }
            return .json(try Self.json(stored, id, in: name, shown), status: stored == nil ? 404 : 200)
        }
    }

    private static func json(
        _ stored: StoredDocument?, _ id: String, in index: String, _ filter: SourceFilter
    ) throws -> JSON {
        guard let stored else { return ["_index": .text(index), "_id": .text(id), "found": false] }
        var json: JSON = [
            "_index": .text(index), "_id": .text(id), "_version": .int(stored.version), "_seq_no": .int(stored.row),
            "_primary_term": 1, "found": true,
        ]
        if filter.isShown { json.set("_source", filter.applied(to: try JSON(parsing: stored.source))) }
        return json
    }

    /// `/INDEX/_source/ID`
    func source(_ id: String, in name: String, _ call: Call) async throws -> Reply {
        try allow("GET", "HEAD", for: call)
        var filter = SourceFilter()
        filter.read(call.parameters)
        let shown = filter
        return try await file.read { database, _ in
            let index = try IndexTable(database: database).require(name)
            let stored = try DocumentTable(database: database).find(id, in: index)
            if call.method == "HEAD" { return .exists(stored != nil) }
            guard let stored else {
                throw SearchError(404, "resource_not_found_exception", "Document not found [\(name)]/[_doc]/[\(id)]")
            }
            return .json(shown.applied(to: try JSON(parsing: stored.source)))
        }
    }

    /// `/INDEX/_update/ID`
    func update(_ id: String, in index: String, _ call: Call) async throws -> Reply {
        try allow("POST", for: call)
        let (body, condition) = (try call.json(), try DocumentCondition(call.parameters))
        return try await change(call) { try $0.update(id, in: index, with: body, if: condition) }
    }

    /// `/_bulk`, `/INDEX/_search` and the like.
    ///
    /// - Parameter index: what the path says; `nil` for all.
    func documents(_ name: String, of index: String?, _ call: Call) async throws -> Reply {
        switch name {
        case "_bulk":
            try allow("POST", "PUT", for: call)
            let bulk = try Bulk(call.request.body, index: index)
            return try await file.write { database, deadline in
                let changes = DocumentChanges(database)
                let result = try bulk.run(changes, deadline)
                try changes.finish()
                return .json(result)
            }
        case "_mget": return try await getSeveral(index, call)
        case "_search": return try await search(index ?? "_all", call)
        case "_msearch": return try await searchSeveral(index, call)
        case "_count": return try await count(index ?? "_all", call)
        case "_delete_by_query":
            guard let index else { throw unknown(call) }
            return try await removeAll(in: index, call)
        case "_update_by_query", "_reindex", "_validate", "_explain", "_termvectors", "_field_caps", "_open", "_close",
            "_clone", "_split", "_shrink", "_rollover", "_pit", "_sql", "_async_search", "_rank_eval", "_render",
            "_search_template", "_terms_enum", "_ingest", "_template", "_index_template", "_component_template",
            "_scripts", "_snapshot", "_tasks", "_nodes", "_ilm", "_security", "_license", "_xpack", "_data_stream":
            throw SearchError.unsupported("[\(name)]")
        default: throw unknown(call)
        }
    }

    private func getSeveral(_ name: String?, _ call: Call) async throws -> Reply {
        try allow("GET", "POST", for: call)
        let body = try call.json()
        var common = SourceFilter()
        common.read(call.parameters)
        var wanted: [(index: String, id: String, filter: SourceFilter)] = []
        for item in body["docs"]?.elements ?? [] {
            guard let id = item["_id"]?.scalarText, let index = item["_index"]?.text ?? name else {
                throw SearchError(
                    400, "action_request_validation_exception", "Validation Failed: 1: index or id is missing;")
            }
            wanted.append(
                (index, id, try item["_source"].map { json throws(SearchError) in try SourceFilter(json) } ?? common))
        }
        for id in body["ids"]?.elements ?? [] {
            guard let name, let id = id.scalarText else {
                throw SearchError(400, "action_request_validation_exception", "Validation Failed: 1: index is missing;")
            }
            wanted.append((name, id, common))
        }
        guard !wanted.isEmpty else {
            throw SearchError(400, "action_request_validation_exception", "Validation Failed: 1: no documents to get;")
        }
        let all = wanted
        return try await file.read { database, deadline in
            let documents = try all.map { index, id, filter in
                try deadline.check()
                do {
                    let stored = try DocumentTable(database: database).find(
                        id, in: IndexTable(database: database).require(index))
                    return try Self.json(stored, id, in: index, filter)
                } catch let error as SearchError {
                    return ["_index": .text(index), "_id": .text(id), "error": error.body["error"] ?? [:]]
                }
            }
            return .json(["docs": .list(documents)])
        }
    }

    private func removeAll(in expression: String, _ call: Call) async throws -> Reply {
        try allow("POST", for: call)
        let body = try call.json()
        let query: Query
        if let text = call.parameters["q"] {
            query = try SearchRequest.typed(text, call.parameters)
        } else if let json = body["query"] {
            query = try QueryParser.parse(json)
        } else {
            throw SearchError(400, "action_request_validation_exception", "Validation Failed: 1: query is missing;")
        }
        let statistics = statistics
        return try await file.write { database, deadline in
            let start = Identifiers.now()
            let indexes = try IndexTable(database: database).matching(expression)
            let search = Search(database: database, indexes: indexes, statistics: statistics, deadline: deadline)
            let changes = DocumentChanges(database)
            var count = 0
            for index in indexes {
                count += try changes.removeAll(search.rows(query, in: index), from: index, deadline)
            }
            try changes.finish()
            return .json([
                "took": .int(Identifiers.now() - start), "timed_out": false, "total": .int(count),
                "deleted": .int(count),
                "batches": count == 0 ? 0 : 1, "version_conflicts": 0, "noops": 0, "retries": ["bulk": 0, "search": 0],
                "throttled_millis": 0, "requests_per_second": -1.0, "throttled_until_millis": 0, "failures": [],
            ])
        }
    }
}
