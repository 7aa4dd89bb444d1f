/// One request, whole.
package struct HTTPRequest: Sendable {
    package var method: String
    /// As on the wire: percent-encoded, without the query.
    package var path: String
    /// Decoded; of a repeated name the last value.
    package var query: [String: String]
    package var headers: HTTPHeaders
    /// At most ``bodyLimitBytes``; the server answers more with 413.
    package var body: [UInt8]

    package static let bodyLimitBytes = 16 << 20

    package init(
        method: String, path: String, query: [String: String] = [:], headers: HTTPHeaders = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The parts of the path between slashes, percent-decoded; empty ones left out.
    package var segments: [String] { path.split(separator: "/").map { PercentCoding.decode($0) } }

    /// Path and query as one text.
    var target: String {
        guard !query.isEmpty else { return path }
        let pairs = query.sorted { $0.key < $1.key }.map { name, value in
            "\(PercentCoding.encode(name))=\(PercentCoding.encode(value))"
        }
        return "\(path)?\(pairs.joined(separator: "&"))"
    }

    /// Splits what stands in a request line: `/apps?x=1`, or the same behind `http://host`.
    static func split(target: String) -> (path: String, query: [String: String]) {
        var rest = target[...]
        if !target.hasPrefix("/"), let scheme = rest.range(of: "://") {
            rest = rest[scheme.upperBound...]
            rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        guard let mark = rest.firstIndex(of: "?") else { return (String(rest), [:]) }
        var query: [String: String] = [:]
        for pair in rest[rest.index(after: mark)...].split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = halves.first else { continue }
            let value = halves.dropFirst().first.map { PercentCoding.decode($0, plusIsSpace: true) } ?? ""
            query[PercentCoding.decode(name, plusIsSpace: true)] = value
        }
        return (String(rest[..<mark]), query)
    }
}

extension Substring {
    /// Where `needle` stands first.
    fileprivate func range(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
