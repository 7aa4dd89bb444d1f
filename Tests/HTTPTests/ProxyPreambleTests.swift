import HTTP
import Testing

@Suite("The PROXY protocol")
struct ProxyPreambleTests {
    private func parse(_ bytes: [UInt8]) -> ProxyPreamble.Outcome {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { ProxyPreamble.parse($0, count: buffer.count) } ?? .incomplete
        }
    }

    private func parse(_ text: String) -> ProxyPreamble.Outcome { parse(Array(text.utf8)) }

    static func binary(_ command: UInt8 = 0x21, family: UInt8, _ payload: [UInt8]) -> [UInt8] {
        Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [command, family, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
            + payload
    }

    private static let four: [UInt8] = [192, 0, 2, 7, 127, 0, 0, 1, 0xC0, 0x01, 0x01, 0xBB]

    @Test(
        "version 1 names the client and the port that it asked on",
        arguments: [
            ("PROXY TCP4 192.0.2.7 127.0.0.1 56324 443\r\n", "192.0.2.7", 443),
            ("PROXY TCP6 2001:DB8:0::7 ::1 56324 80\r\n", "2001:db8::7", 80),
        ])
    func line(_ text: String, _ source: String, _ port: UInt16) {
        guard case .complete(let preamble) = parse(text + "GET /") else {
            Issue.record("not complete")
            return
        }
        #expect(preamble.source == source)
        #expect(preamble.destinationPort == port)
        #expect(preamble.length == text.utf8.count)
    }

    @Test("UNKNOWN and LOCAL leave the address as it is")
    func unknown() {
        for bytes in [Array("PROXY UNKNOWN whatever comes here\r\n".utf8), Self.binary(0x20, family: 0, [1, 2, 3])] {
            guard case .complete(let preamble) = parse(bytes) else {
                Issue.record("not complete")
                continue
            }
            #expect(preamble.source == nil)
            #expect(preamble.length == bytes.count)
        }
    }

    @Test("version 2 names the client, the port, and whether TLS was spoken")
    func binary() {
        let six = [UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 0, count: 15) + [2, 0, 80, 1, 187]
        let secure: [UInt8] = [0x03, 0, 4, 1, 2, 3, 4, 0x20, 0, 5, 1, 0, 0, 0, 0]
        for (bytes, source, isSecure) in [
            (Self.binary(family: 0x11, Self.four), "192.0.2.7", false),
            (Self.binary(family: 0x11, Self.four + secure), "192.0.2.7", true),
            (Self.binary(family: 0x21, six), "::1", false),
        ] {
            guard case .complete(let preamble) = parse(bytes + [71]) else {
                Issue.record("not complete: \(source)")
                continue
            }
            #expect(preamble.source == source)
            #expect(preamble.destinationPort == 443)
            #expect(preamble.isSecure == isSecure)
            #expect(preamble.length == bytes.count)
        }
    }

    @Test(
        "what is not of the protocol is refused",
        arguments: [
            "GET / HTTP/1.1\r\n", "PROXY TCP4 192.0.2.7 127.0.0.1 56324\r\n", "PROXY TCP4 192.0.2.7 ::1 1 2\r\n",
            "PROXY TCP4 192.0.2.700 127.0.0.1 1 2\r\n", "PROXY TCP4 192.0.2.7 127.0.0.1 1 65536\r\n",
            "PROXY TCP4 192.0.2.7 127.0.0.1 01 2\r\n", "PROXY TCP4 192.0.2.7 127.0.0.1 1 2\n",
            "PROXY  TCP4 192.0.2.7 127.0.0.1 1 2\r\n", "PROXY TCP4 192.0.2.7 127.0.0.1 1 2 3\r\n",
            "PROXY UNKNOWN " + String(repeating: "x", count: 100), "\r\n\r\nGET /",
        ])
    func refused(_ text: String) { #expect(parse(text) == .malformed) }

    @Test("a binary one of another version, too short for its addresses, or with broken extensions is refused")
    func brokenBinary() {
        #expect(parse(Self.binary(0x31, family: 0x11, Self.four)) == .malformed)
        #expect(parse(Self.binary(0x22, family: 0x11, Self.four)) == .malformed)
        #expect(parse(Self.binary(family: 0x11, Array(Self.four.dropLast()))) == .malformed)
        #expect(parse(Self.binary(family: 0x11, Self.four + [0x20, 0, 9, 1])) == .malformed)
        #expect(parse(Self.binary(family: 0x11, [UInt8](repeating: 0, count: 5000))) == .malformed)
    }

    @Test("every beginning of a good one waits for the rest")
    func pieces() {
        for whole in [Array("PROXY TCP4 192.0.2.7 127.0.0.1 56324 443\r\n".utf8), Self.binary(family: 0x11, Self.four)]
        {
            for count in 0..<whole.count { #expect(parse(Array(whole[..<count])) == .incomplete) }
        }
    }
}
