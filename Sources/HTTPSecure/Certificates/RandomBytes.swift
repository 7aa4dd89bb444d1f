internal import COpenSSL

/// Bytes that nobody can guess.
package enum RandomBytes {
    package static func make(_ count: Int) throws(SecureError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try secure("random bytes", RAND_bytes(&bytes, Int32(clamping: count)))
        return bytes
    }

    /// `count` bytes as twice as many digits.
    package static func hexadecimal(_ count: Int) throws(SecureError) -> String {
        let digits = Array("0123456789abcdef")
        return String(try make(count).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
