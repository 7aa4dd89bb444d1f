internal import COpenSSL

/// Digests that protocols ask for by name.
package enum Fingerprint {
    /// 40 lower-case hexadecimal digits. Source: FIPS 180-4.
    package static func sha1(_ text: String) throws(SecureError) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let input = Array(text.utf8)
        try secure("SHA-1", EVP_Digest(input, input.count, &bytes, nil, EVP_sha1(), nil))
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
