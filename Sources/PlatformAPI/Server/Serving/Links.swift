internal import HTTP
internal import Model
internal import Platform

/// The URLs that answers name, as the client that asked can reach them.
///
/// Through the router they carry a key in place of the token: whoever holds such a URL may read what it names, and
/// nothing else. Source: platform-api.md §2.1, §2.2.
struct Links: Sendable {
    /// `http://api.localhost:8080`; `http://localhost` stands for the owner's socket.
    private let origin: String
    /// What keys are made with; `nil` where none is needed.
    private let secret: String?

    static let owner = Links(origin: "http://localhost", secret: nil)

    /// - Parameter token: the platform's; another one ends all links.
    static func routed(_ request: HTTPRequest, token: String) -> Links {
        let scheme = request.headers["X-Forwarded-Proto"] == "https" ? "https" : "http"
        return Links(origin: "\(scheme)://\((request.headers["Host"] ?? "").lowercased())", secret: token)
    }

    /// Links for whoever reaches the platform at `api.localhost`, also when the one who asks does not.
    static func atPlatform(_ platform: Platform) async throws -> Links {
        let port = platform.settings.port
        return Links(
            origin: "http://api.localhost\(port == 80 ? "" : ":\(port)")", secret: try await platform.token())
    }

    /// The URL of something below `/paas/v1`.
    ///
    /// - Parameter path: without a slash before it, of characters that need no encoding.
    func url(_ path: String) -> String {
        let path = "/paas/v1/\(path)"
        return secret.map { "\(origin)\(path)?key=\(Self.key(path, $0))" } ?? origin + path
    }

    /// Whether the request follows a URL that was given out.
    static func isFollowed(by request: HTTPRequest, token: String) -> Bool {
        guard request.method == "GET", request.path.hasPrefix("/paas/v1/"), let key = request.query["key"] else {
            return false
        }
        return Credentials.areEqual(Array(key.utf8), Array(Self.key(request.path, token).utf8))
    }

    private static func key(_ path: String, _ secret: String) -> String {
        Digest.code(of: "GET \(path)", key: secret).hex
    }
}
