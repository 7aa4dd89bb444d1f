/// A whole answer, as a value.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What a server takes, and in which words it refuses what it can't take.
package struct HTTPServerRules: Sendable {
    /// The longest body.
    package var bodyLimitBytes: Int
    /// Looks at a request before its body is read: an answer is sent, and ends the connection.
    package var refusal: @Sendable (HTTPRequest) -> HTTPAnswer?
    /// What is said of a request that can't be read.
    package var unreadable: @Sendable (_ status: Int, _ reason: String) -> HTTPAnswer

    package init(
        bodyLimitBytes: Int = HTTPRequest.bodyLimitBytes,
        refusal: @escaping @Sendable (HTTPRequest) -> HTTPAnswer? = { _ in nil },
        unreadable: @escaping @Sendable (Int, String) -> HTTPAnswer = HTTPServerRules.unreadable
    ) {
        self.bodyLimitBytes = bodyLimitBytes
        self.refusal = refusal
        self.unreadable = unreadable
    }

    /// As the Platform API says it.
    package static func unreadable(status: Int, reason: String) -> HTTPAnswer {
        let id = status == 413 ? "request_too_large" : "bad_request"
        return HTTPAnswer(
            status: status, headers: ["Content-Type": "application/json"],
            body: Array(#"{"id":"\#(id)","message":"\#(reason)"}"#.utf8))
    }
}
