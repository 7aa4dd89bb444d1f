package import HTTP
internal import Posix

/// The REST API: what clients of Elasticsearch send, answered as it does.
package struct SearchAPI: Sendable {
    let file: SearchFile
    let statistics = FieldStatistics()
    let scrolls = Scrolls()
    /// What the `Authorization` header has to say.
    private let authorization: String

    /// The version of Elasticsearch whose API this is a part of.
    static let version = "8.17.0"

    /// - Parameter authorization: `Basic …`; whoever says something else is refused.
    package init(_ file: SearchFile, authorization: String) {
        self.file = file
        self.authorization = authorization
    }

    /// Refuses who has not said who it is, before anything of what it sends is read.
    package func refusal(of request: HTTPRequest) -> HTTPAnswer? {
        let given = request.headers["Authorization"]
        if let given, given.utf8.count == authorization.utf8.count,
            // Every byte is compared, so that the time it takes tells nothing.
            zip(given.utf8, authorization.utf8).reduce(UInt8(0), { $0 | ($1.0 ^ $1.1) }) == 0
        {
            return nil
        }
        let reason = given == nil ? "missing authentication credentials" : "unable to authenticate"
        let error = SearchError(
            401, "security_exception", "\(reason) for REST request [\(request.path.prefix(200))]",
            more: [.init("header", ["WWW-Authenticate": .text(Self.challenge)])])
        var answer = Call(request).answer(.json(error.body, status: 401))
        answer.headers.set("WWW-Authenticate", to: Self.challenge)
        return answer
    }

    private static let challenge = #"Basic realm="security" charset="UTF-8""#

    /// What is said of a request that can't be read.
    package static func unreadable(status: Int, reason: String) -> HTTPAnswer {
        let type = status == 413 ? "content_too_long_exception" : "illegal_argument_exception"
        return Call(HTTPRequest(method: "GET", path: "/")).answer(
            .json(SearchError(status, type, reason).body, status: status))
    }

    package func answer(_ request: HTTPRequest) async -> HTTPAnswer {
        let call = Call(request)
        do {
            try checkContentType(call)
            return call.answer(try await route(call))
        } catch let error as SearchError {
            return call.answer(.json(error.body, status: error.status))
        } catch {
            let error = SearchError(500, "exception", "the search server failed: \(error)")
            return call.answer(.json(error.body, status: 500))
        }
    }

    private func checkContentType(_ call: Call) throws(SearchError) {
        guard !call.request.body.isEmpty else { return }
        let type = call.request.headers["Content-Type"] ?? ""
        guard type.contains("json") else {
            throw SearchError(
                406, "media_type_header_exception",
                "Content-Type header [\(type.prefix(100))] is not supported; it is application/json")
        }
    }

    // MARK: Ways

    private func route(_ call: Call) async throws -> Reply {
        switch (call.path.first, call.path.count) {
        case (nil, _): return try info(call)
        case ("_cat", _): return try await cat(call)
        case ("_cluster", _): return try await cluster(call)
        case ("_search", 2) where call.path[1] == "scroll": return try await scroll(call)
        case (let first?, 1) where first.hasPrefix("_") && first != "_all": return try await routeWhole(call)
        case (let first?, _) where first.hasPrefix("_") && first != "_all": throw unknown(call)
        case (let name?, 1): return try await index(name, call)
        case (let name?, _): return try await routeIndex(name, call)
        }
    }

    /// What concerns all indexes, or those that the body names.
    private func routeWhole(_ call: Call) async throws -> Reply {
        switch call.path[0] {
        case "_alias", "_aliases", "_mapping", "_mappings", "_settings", "_analyze", "_refresh", "_flush",
            "_forcemerge",
            "_stats":
            return try await aspect(call.path[0], of: "_all", call)
        default: return try await documents(call.path[0], of: nil, call)
        }
    }

    private func routeIndex(_ index: String, _ call: Call) async throws -> Reply {
        let path = call.path
        switch (path[1], path.count) {
        case ("_doc", 2): return try await document(nil, in: index, call)
        case ("_doc", 3): return try await document(path[2], in: index, call)
        case ("_create", 3): return try await document(path[2], in: index, call, isNew: true)
        case ("_source", 3): return try await source(path[2], in: index, call)
        case ("_update", 3): return try await update(path[2], in: index, call)
        case ("_mapping", 3), ("_mappings", 3): return try await aspect(path[1], of: index, call)
        case (let name, 2) where name.hasPrefix("_"):
            return Self.aspects.contains(name)
                ? try await aspect(name, of: index, call) : try await documents(name, of: index, call)
        // Types, as clients of version 6 and 7 may still have them in their paths, mean nothing.
        case (let name, 2) where !name.hasPrefix("_"): return try await document(nil, in: index, call)
        case (let name, 3) where !name.hasPrefix("_") && path[2].hasPrefix("_"):
            return try await documents(path[2], of: index, call)
        case (let name, 3) where !name.hasPrefix("_"): return try await document(path[2], in: index, call)
        case (let name, 4) where !name.hasPrefix("_") && path[3] == "_update":
            return try await update(path[2], in: index, call)
        default: throw unknown(call)
        }
    }

    private static let aspects: Set<String> = [
        "_mapping", "_mappings", "_settings", "_refresh", "_flush", "_forcemerge", "_analyze", "_alias", "_aliases",
        "_stats", "_cache",
    ]

    /// What Elasticsearch may know and this server does not.
    func unknown(_ call: Call) -> SearchError {
        SearchError(
            400, "illegal_argument_exception",
            "no handler found for uri [\(call.request.path.prefix(200))] and method [\(call.method)]: the search server "
                + "that is built into paas does not have it")
    }

    func allow(_ methods: String..., for call: Call) throws(SearchError) {
        guard !methods.contains(call.method) else { return }
        throw SearchError(
            405, "method_not_allowed_exception",
            "Incorrect HTTP method for uri [\(call.request.path.prefix(200))] and method [\(call.method)], allowed: [\(methods.joined(separator: ", "))]"
        )
    }

    private func info(_ call: Call) throws(SearchError) -> Reply {
        try allow("GET", "HEAD", for: call)
        return .json([
            "name": "paas", "cluster_name": "paas", "cluster_uuid": "paas-search-built-in",
            "version": [
                "number": .text(Self.version), "build_flavor": "default", "build_type": "paas", "build_hash": "unknown",
                "build_date": "2026-01-01T00:00:00.000Z", "build_snapshot": false, "lucene_version": "9.12.0",
                "minimum_wire_compatibility_version": "7.17.0", "minimum_index_compatibility_version": "7.0.0",
            ],
            "tagline": "You Know, for Search",
        ])
    }
}
