/// A refusal in Elasticsearch's own shape: clients read `type` and `status`, people read `reason`.
package struct SearchError: Error, Equatable {
    package var status: Int
    package var type: String
    package var reason: String
    /// More about it, beside type and reason: the index, for example.
    var more: [JSON.Member] = []

    package init(_ status: Int, _ type: String, _ reason: String, more: [JSON.Member] = []) {
        self.status = status
        self.type = type
        self.reason = reason
        self.more = more
    }

    /// What stands in an item of a bulk, and in `root_cause`.
    var cause: JSON { .object([.init("type", .text(type)), .init("reason", .text(reason))] + more) }

    var body: JSON {
        ["error": .object([.init("root_cause", [cause])] + (cause.members ?? [])), "status": .int(status)]
    }

    // MARK: Those that have a name

    static func noSuchIndex(_ name: String) -> SearchError {
        SearchError(
            404, "index_not_found_exception", "no such index [\(name)]",
            more: [
                .init("resource.type", "index_or_alias"), .init("resource.id", .text(name)),
                .init("index_uuid", "_na_"), .init("index", .text(name)),
            ])
    }

    static func parsing(_ reason: String) -> SearchError { SearchError(400, "parsing_exception", reason) }

    static func illegal(_ reason: String) -> SearchError { SearchError(400, "illegal_argument_exception", reason) }

    static func mapping(_ reason: String) -> SearchError { SearchError(400, "mapper_parsing_exception", reason) }

    static func conflict(_ id: String, _ reason: String, index: String) -> SearchError {
        SearchError(
            409, "version_conflict_engine_exception", "[\(id)]: version conflict, \(reason)",
            more: [.init("index", .text(index))])
    }

    /// What Elasticsearch can do and this server cannot.
    static func unsupported(_ what: String) -> SearchError {
        SearchError(
            400, "unsupported_operation_exception",
            "\(what) can't be done by the search server that is built into paas; a real Elasticsearch can")
    }

    static func badJSON(_ error: JSONError) -> SearchError {
        SearchError(
            400, "x_content_parse_exception",
            "the body is not the JSON that it should be: at byte \(error.offset), \(error.reason)")
    }

    static let tooSlow = SearchError(
        503, "timeout_exception", "the request took more than \(Deadline.seconds) seconds and was ended; ask for less")
}
