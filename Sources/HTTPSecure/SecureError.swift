internal import COpenSSL

/// What OpenSSL refused, and why.
package struct SecureError: Error, Equatable, CustomStringConvertible {
    /// The step that failed, as a noun: "the private key".
    package let step: String
    package let reason: String

    package init(step: String, reason: String) {
        self.step = step
        self.reason = reason
    }

    /// Takes this thread's last error from OpenSSL, and leaves none behind.
    init(_ step: String) {
        self.step = step
        let code = ERR_peek_last_error()
        reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "OpenSSL does not say why"
        ERR_clear_error()
    }

    package var description: String { "\(step): \(reason)" }
}

/// Passes over a success, which for OpenSSL is 1.
func secure(_ step: @autoclosure () -> String, _ result: Int32) throws(SecureError) {
    guard result == 1 else { throw SecureError(step()) }
}
