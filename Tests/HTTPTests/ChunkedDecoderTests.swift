import HTTP
import Testing

@Suite("A chunked body")
struct ChunkedDecoderTests {
    /// What feeding `text` in pieces of `piece` bytes gives: the data and the bytes taken; `nil` when it is refused.
    private func decode(_ text: String, piece: Int) -> (data: String, taken: Int, ended: Bool)? {
        var decoder = ChunkedDecoder()
        let bytes = Array(text.utf8)
        var data: [UInt8] = []
        var taken = 0
        while taken < bytes.count, !decoder.hasEnded {
            let part = Array(bytes[taken..<min(bytes.count, taken + piece)])
            switch part.withUnsafeBufferPointer({ buffer -> ChunkedDecoder.Step in
                guard let base = buffer.baseAddress else { return .needMore }
                return decoder.advance(base, buffer.count)
            }) {
            case .needMore: taken += part.count
            case .data(let offset, let count):
                data += part[offset..<offset + count]
                taken += offset + count
            case .end(let consumed): taken += consumed
            case .failed: return nil
            }
        }
        return (String(decoding: data, as: UTF8.self), taken, decoder.hasEnded)
    }

    @Test("gives the same data in whatever pieces it comes", arguments: [1, 2, 3, 7, 1000])
    func pieces(piece: Int) throws {
        let body = "5\r\nhello\r\n00A;x=\"y\"\r\n, worldly!\r\n0\r\nDigest: abc\r\n\r\n"
        let (data, taken, ended) = try #require(decode(body + "GET", piece: piece))
        #expect(data == "hello, worldly!")
        #expect(taken == body.utf8.count)
        #expect(ended)
    }

    @Test(
        "is refused when its frames are malformed",
        arguments: [
            "\r\n", "g\r\n", "5\nhello\r\n", "5 \r\nhello\r\n", " 5\r\n", "-5\r\n", "0x5\r\nhello\r\n", ";a\r\n",
            "1\r\nab\r\n", "1\r\na\n", "1\r\na\rb", "1;a\u{1}\r\na\r\n", "1;a\rb\r\n", "1;a\n",
            "1234567890123456\r\n", "0\r\n\n", "0\r\n X: 1\r\n\r\n", "0\r\nX : 1\r\n\r\n", "0\r\nX: \0\r\n\r\n",
            "0\r\n\ra", "1;" + String(repeating: "a", count: 9000), "0\r\nX: " + String(repeating: "a", count: 9000),
        ])
    func refused(text: String) {
        #expect(decode(text, piece: 1) == nil)
        #expect(decode(text, piece: text.utf8.count) == nil)
    }
}
