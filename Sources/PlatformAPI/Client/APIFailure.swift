package import APISchema

/// The platform answered with an error.
package struct APIFailure: Error, Sendable {
    package let status: Int
    package let body: ErrorBody

    /// - Parameter bytes: an error body; anything else becomes the message.
    init(status: Int, bytes: [UInt8]) {
        self.status = status
        do {
            body = try WireJSON.decode(from: bytes)
        } catch {
            let text = String(decoding: bytes.prefix(500), as: UTF8.self)
            body = ErrorBody(id: "http_\(status)", message: text.isEmpty ? "The platform answered \(status)." : text)
        }
    }
}
