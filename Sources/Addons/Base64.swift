/// Base64 as MIME, SMTP, HTTP and the services' APIs have it. Source: RFC 4648, RFC 2045 §6.8.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var (bits, count) = (UInt32(0), 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digits[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(digits[Int(bits << UInt32(6 - count) & 63)]) }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// For URLs and keys: `-` and `_`, nothing at the end.
    static func encodeForURL(_ bytes: some Collection<UInt8>) -> String {
        var text = encode(bytes).replacing("+", with: "-").replacing("/", with: "_")
        while text.last == "=" { text.removeLast() }
        return text
    }

    /// - Parameter isStrict: whether anything but digits, white space and the end's `=` spoils it; else that is passed
    ///   over, as mail programs do.
    static func decode(_ text: some Sequence<UInt8>, isStrict: Bool) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, count, digitCount, hasEnded) = (UInt32(0), 0, 0, false)
        for character in text {
            guard let value = value(of: character) else {
                if character == UInt8(ascii: "=") {
                    hasEnded = true
                    continue
                }
                if [0x20, 0x09, 0x0D, 0x0A].contains(character) || !isStrict { continue }
                return nil
            }
            if hasEnded {
                if isStrict { return nil }
                continue
            }
            digitCount += 1
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return isStrict && digitCount % 4 == 1 ? nil : bytes
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
