import HTTP
import Posix
import Search
import Testing

/// A search server without its socket: requests go in, answers come out, and what it keeps lies in a scratch folder.
final class SearchDoor: Sendable {
    private let folder: ScratchFolder
    private let api: SearchAPI
    static let authorization = "Basic cGFhczpzZWNyZXQ="

    init() throws {
        folder = try ScratchFolder()
        api = SearchAPI(try SearchFile(path: "\(folder.path)/search.db"), authorization: Self.authorization)
    }

    /// What it answers to bytes of any kind.
    func raw(
        _ method: String, _ target: String, _ body: [UInt8] = [], type: String = "application/json"
    ) async -> HTTPAnswer {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        var query: [String: String] = [:]
        for pair in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let halves = pair.split(separator: "=", maxSplits: 1).map { PercentCoding.decode($0, plusIsSpace: true) }
            query[halves[0]] = halves.count > 1 ? halves[1] : ""
        }
        let request = HTTPRequest(
            method: method, path: parts[0], query: query, headers: ["Content-Type": type], body: body)
        return await api.answer(request)
    }

    /// Sends JSON, or nothing, and reads JSON.
    @discardableResult
    func send(_ method: String, _ target: String, _ body: JSON? = nil) async throws -> (status: Int, json: JSON) {
        let answer = await raw(method, target, body?.encoded ?? [])
        return (answer.status, answer.body.isEmpty ? .null : try JSON(parsing: answer.body))
    }

    /// Puts documents into an index: the first is "1", and so on.
    func put(_ index: String, _ documents: JSON...) async throws {
        for (number, document) in documents.enumerated() {
            let answer = try await send("PUT", "/\(index)/_doc/\(number + 1)", document)
            try #require(answer.status < 300, "\(answer.json.encodedText)")
        }
    }

    /// The ids that a query finds, the best first.
    func ids(_ index: String, _ query: JSON) async throws -> [String] {
        try await search(index, ["query": query]).ids
    }

    func search(_ index: String, _ body: JSON) async throws -> JSON {
        let answer = try await send("POST", "/\(index)/_search", body)
        try #require(answer.status == 200, "\(answer.json.encodedText)")
        return answer.json
    }
}

extension JSON {
    var hits: [JSON] { self["hits"]?["hits"]?.list ?? [] }
    var ids: [String] { hits.compactMap { $0["_id"]?.text } }
    var total: Int? { self["hits"]?["total"]?["value"]?.int }
    var errorType: String? { self["error"]?["type"]?.text }
    var reason: String { self["error"]?["reason"]?.text ?? "" }
}
