internal import HTTP
internal import Synchronization

/// Searches whose pages are asked for one after the other; forgotten with the server.
final class Scrolls: Sendable {
    struct Scroll: Sendable {
        var request: SearchRequest
        var indexes: [Index]
        var found: [Search.Found]
        var next: Int
    }

    private static let limit = 500
    private let open = Mutex<[(id: String, scroll: Scroll)]>([])

    /// The oldest goes when there are too many.
    func put(_ scroll: Scroll) -> String {
        let id = Identifiers.random()
        open.withLock { open in
            if open.count >= Self.limit { open.removeFirst() }
            open.append((id, scroll))
        }
        return id
    }

    /// Takes the next page.
    func take(_ id: String) -> (Scroll, ArraySlice<Search.Found>)? {
        open.withLock { open in
            guard let place = open.firstIndex(where: { $0.id == id }) else { return nil }
            let scroll = open[place].scroll
            let end = min(scroll.next + scroll.request.size, scroll.found.count)
            open[place].scroll.next = end
            return (scroll, scroll.found[scroll.next..<end])
        }
    }

    /// - Returns: how many there were.
    func remove(_ ids: [String]) -> Int {
        open.withLock { open in
            let before = open.count
            open.removeAll { ids.contains($0.id) || ids.contains("_all") }
            return before - open.count
        }
    }
}

extension SearchAPI {
    /// `/INDEX/_search`
    func search(_ expression: String, _ call: Call) async throws -> Reply {
        try allow("GET", "POST", for: call)
        let request = try SearchRequest(call.json(), parameters: call.parameters)
        let keepsOpen = call.parameters["scroll"] != nil
        return .json(try await search(expression, request, call.parameters, keepsOpen: keepsOpen))
    }

    private func search(
        _ expression: String, _ request: SearchRequest, _ parameters: [String: String], keepsOpen: Bool = false
    ) async throws -> JSON {
        let (statistics, scrolls) = (statistics, scrolls)
        let ignoresMissing = parameters["ignore_unavailable"] == "true"
        return try await file.read { database, deadline in
            let start = Identifiers.now()
            let indexes = try IndexTable(database: database).matching(expression, ignoresMissing: ignoresMissing)
            let search = Search(database: database, indexes: indexes, statistics: statistics, deadline: deadline)
            let result = try search.run(request)
            let page = result.found.dropFirst(request.from).prefix(request.size)
            var json = try SearchAnswer(search: search, request: request).json(
                result, page: page, milliseconds: Identifiers.now() - start)
            if keepsOpen {
                let scroll = Scrolls.Scroll(
                    request: request, indexes: indexes, found: result.found, next: min(request.size, result.found.count)
                )
                json = JSON.object([.init("_scroll_id", .text(scrolls.put(scroll)))] + (json.members ?? []))
            }
            return json
        }
    }

    /// `/_search/scroll`
    func scroll(_ call: Call) async throws -> Reply {
        try allow("GET", "POST", "DELETE", for: call)
        let body = try call.json()
        let ids =
            (body["scroll_id"]?.elements ?? []).compactMap(\.text) + [call.parameters["scroll_id"]].compactMap(\.self)
        if call.method == "DELETE" {
            let count = scrolls.remove(ids)
            return .json(["succeeded": true, "num_freed": .int(count)], status: count == 0 ? 404 : 200)
        }
        guard let id = ids.first, let (scroll, page) = scrolls.take(id) else {
            throw SearchError(
                404, "search_context_missing_exception", "No search context found for id [\(ids.first ?? "")]")
        }
        let (statistics, shown) = (statistics, Array(page))
        return try await file.read { database, deadline in
            let search = Search(
                database: database, indexes: scroll.indexes, statistics: statistics, deadline: deadline)
            for index in scroll.indexes
            where try IndexTable(database: database).find(index.name)?.number != index.number {
                throw SearchError.noSuchIndex(index.name)
            }
            let json = try SearchAnswer(search: search, request: scroll.request).json(
                .init(found: scroll.found), page: shown, milliseconds: 0)
            return .json(.object([.init("_scroll_id", .text(id))] + (json.members ?? [])))
        }
    }

    /// `/_msearch`: a header and a search in lines of their own, again and again.
    func searchSeveral(_ index: String?, _ call: Call) async throws -> Reply {
        try allow("GET", "POST", for: call)
        let lines = call.request.body.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        var answers: [JSON] = []
        for place in stride(from: 0, to: lines.count - 1, by: 2) {
            guard answers.count < 1000 else { throw SearchError.illegal("more than 1000 searches in one request") }
            do {
                let header = lines[place].isEmpty ? JSON.object([]) : try Self.parse(lines[place])
                let names = header["index"]?.elements.compactMap(\.text).joined(separator: ",")
                var json = try await search(
                    names ?? index ?? "_all", SearchRequest(Self.parse(lines[place + 1]), parameters: [:]),
                    call.parameters)
                json.set("status", 200)
                answers.append(json)
            } catch let error as SearchError {
                answers.append(error.body)
            }
        }
        return .json(["took": 0, "responses": .list(answers)])
    }

    private static func parse(_ line: [UInt8]) throws(SearchError) -> JSON {
        do { return try JSON(parsing: line) } catch { throw .badJSON(error) }
    }

    /// `/INDEX/_count`
    func count(_ expression: String, _ call: Call) async throws -> Reply {
        try allow("GET", "POST", for: call)
        let body = try call.json()
        for member in body.members ?? [] where member.name != "query" {
            throw SearchError.parsing("request does not support [\(member.name)]")
        }
        var query = try body["query"].map { json throws(SearchError) in try QueryParser.parse(json) } ?? .all(boost: 1)
        if let text = call.parameters["q"] { query = try SearchRequest.typed(text, call.parameters) }
        let (wanted, statistics) = (query, statistics)
        return try await file.read { database, deadline in
            let indexes = try IndexTable(database: database).matching(
                expression, ignoresMissing: call.isSet("ignore_unavailable"))
            let search = Search(database: database, indexes: indexes, statistics: statistics, deadline: deadline)
            return .json(["count": .int(try search.count(wanted)), "_shards": SearchAnswer.shards(indexes.count)])
        }
    }
}
