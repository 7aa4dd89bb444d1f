/// An endpoint: a method, a path with names for its variable parts, and what answers it.
struct Route: Sendable {
    let method: String
    /// `["apps", ":app", "releases"]`
    let parts: [String]
    let handle: @Sendable (Call) async throws -> Answer

    init(_ method: String, _ path: String, _ handle: @escaping @Sendable (Call) async throws -> Answer) {
        self.method = method
        parts = path.split(separator: "/").map(String.init)
        self.handle = handle
    }

    /// The variable parts, when `segments` is this path.
    func parameters(in segments: [String]) -> [String: String]? {
        guard segments.count == parts.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            if part.hasPrefix(":") {
                parameters[String(part.dropFirst())] = segment
            } else if part != segment {
                return nil
            }
        }
        return parameters
    }
}
