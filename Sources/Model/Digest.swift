/// SHA-256 of everything that determines something; its text can be that thing's name. Source: FIPS 180-4.
///
/// Each part goes in with its length, so that no two lists of parts give the same bytes.
package struct Digest: Sendable {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var pending: [UInt8] = []
    private var total: UInt64 = 0

    package init() {}

    /// The digest of a list of texts.
    package init(of parts: [String]) { for part in parts { add(Array(part.utf8)) } }

    package mutating func add(_ text: String) { add(Array(text.utf8)) }

    package mutating func add(_ bytes: [UInt8]) {
        feed((0..<8).map { UInt8(truncatingIfNeeded: UInt64(bytes.count) >> (56 - 8 * UInt64($0))) })
        feed(bytes)
    }

    /// Bytes without their length, as the standard's test vectors want them.
    package mutating func feed(_ bytes: [UInt8]) {
        total += UInt64(bytes.count)
        pending += bytes
        var start = 0
        while pending.count - start >= 64 {
            block(pending[start..<(start + 64)])
            start += 64
        }
        pending.removeFirst(start)
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String {
        words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 8 - text.count) + text
        }.joined()
    }

    /// What only a holder of `key` can say about `text`: HMAC with SHA-256. Source: RFC 2104.
    package static func code(of text: String, key: String) -> Digest {
        var padded = Array(key.utf8)
        if padded.count > 64 {
            var short = Digest()
            short.feed(padded)
            padded = short.bytes
        }
        padded += [UInt8](repeating: 0, count: 64 - padded.count)
        var inner = Digest()
        inner.feed(padded.map { $0 ^ 0x36 } + Array(text.utf8))
        var outer = Digest()
        outer.feed(padded.map { $0 ^ 0x5c } + inner.bytes)
        return outer
    }

    private var bytes: [UInt8] {
        words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
    }

    private var words: [UInt32] {
        var last = self
        let bits = total * 8
        let padding = (pending.count < 56 ? 56 : 120) - pending.count
        last.feed([0x80] + [UInt8](repeating: 0, count: padding - 1))
        last.feed((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) })
        return last.state
    }

    private mutating func block(_ bytes: ArraySlice<UInt8>) {
        var w = [UInt32](repeating: 0, count: 64)
        for index in 0..<16 {
            let at = bytes.startIndex + index * 4
            w[index] =
                UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
                | UInt32(bytes[at + 3])
        }
        for index in 16..<64 {
            let a = w[index - 15]
            let b = w[index - 2]
            let s0 = Self.rotate(a, 7) ^ Self.rotate(a, 18) ^ (a >> 3)
            let s1 = Self.rotate(b, 17) ^ Self.rotate(b, 19) ^ (b >> 10)
            w[index] = w[index - 16] &+ s0 &+ w[index - 7] &+ s1
        }
        // Names as in the standard.
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let s1 = Self.rotate(e, 6) ^ Self.rotate(e, 11) ^ Self.rotate(e, 25)
            let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ Self.constants[index] &+ w[index]
            let s0 = Self.rotate(a, 2) ^ Self.rotate(a, 13) ^ Self.rotate(a, 22)
            let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] = state[index] &+ word }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
