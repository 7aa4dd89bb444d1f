/// Puts what was found into the shape of Elasticsearch's answer. Used within a transaction.
struct SearchAnswer {
    let search: Search
    let request: SearchRequest

    /// - Parameters:
    ///   - page: what is shown of it.
    ///   - milliseconds: what it took.
    func json(_ result: Search.Result, page: some Sequence<Search.Found>, milliseconds: Int64) throws -> JSON {
        let sortsByScore = request.sort.isEmpty || request.sort.contains { $0.field == "_score" }
        let showsScore = sortsByScore || request.tracksScores
        let best = showsScore ? result.found.map(\.score).max() : nil
        var hits: JSON = [:]
        if let total = total(result.found.count) { hits.set("total", total) }
        hits.set("max_score", best.map(JSON.score) ?? .null)
        hits.set("hits", .list(try page.compactMap { try hit($0, showsScore: showsScore) }))
        var answer: JSON = [
            "took": .int(milliseconds), "timed_out": false, "_shards": Self.shards(search.indexes.count), "hits": hits,
        ]
        if let aggregations = result.aggregations { answer.set("aggregations", aggregations) }
        return answer
    }

    static func shards(_ count: Int) -> JSON {
        ["total": .int(count), "successful": .int(count), "skipped": 0, "failed": 0]
    }

    private func total(_ count: Int) -> JSON? {
        let limit = request.countLimit
        if limit == 0 { return nil }
        let shown = min(count, limit ?? count)
        return request.countIsNumber ? .int(shown) : ["value": .int(shown), "relation": shown < count ? "gte" : "eq"]
    }

    /// - Returns: `nil` for one that is gone meanwhile.
    private func hit(_ found: Search.Found, showsScore: Bool) throws -> JSON? {
        let index = search.indexes[found.place]
        guard let stored = try DocumentTable(database: search.database).document(at: found.row, in: index) else {
            return nil
        }
        var hit: JSON = [
            "_index": .text(index.name), "_id": .text(stored.id),
            "_score": showsScore ? .score(found.score) : .null,
        ]
        if request.showsVersion { hit.set("_version", .int(stored.version)) }
        if request.showsSequence {
            hit.set("_seq_no", .int(stored.row))
            hit.set("_primary_term", 1)
        }
        let document = try JSON(parsing: stored.source)
        if request.source.isShown { hit.set("_source", request.source.applied(to: document)) }
        if let highlight = request.highlight {
            let parts = try Highlighter(
                database: search.database, index: index, highlight: highlight, query: request.query
            )
            .parts(of: document)
            if parts.members?.isEmpty == false { hit.set("highlight", parts) }
        }
        if !request.sort.isEmpty { hit.set("sort", .list(found.keys.map { $0?.json ?? .null })) }
        return hit
    }
}
