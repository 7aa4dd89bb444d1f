import HTTP
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Bytes whose end is the end of the mapped memory, so that one byte read too far stops the test.
private final class GuardedBytes {
    private let base: UnsafeMutableRawPointer
    private let size: Int

    init(capacity: Int) throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        size = (capacity + page - 1) / page * page
        let map = mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        base = try #require(map)
        try #require(mprotect(base + size, page, PROT_NONE) == 0)
    }

    deinit { munmap(base, size + Int(sysconf(Int32(_SC_PAGESIZE)))) }

    func place(_ bytes: ArraySlice<UInt8>) -> UnsafePointer<UInt8> {
        let start = base + (size - bytes.count)
        bytes.withUnsafeBytes { if let from = $0.baseAddress { memcpy(start, from, bytes.count) } }
        return UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
    }
}

/// A fixed sequence, so that a failure can be found again (splitmix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// Makes broken messages out of good ones.
private struct Mutator {
    var random: Seeded
    let corpus: [[UInt8]]
    private static let spice: [[UInt8]] = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", "chunked", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Host: b\r\n", "Connection: x-a, close\r\n", "HTTP/1.1", "0\r\n\r\n", "ffffffff", ";", "\u{7F}", "é",
    ].map { Array($0.utf8) }

    mutating func next() -> [UInt8] {
        var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1 where at < bytes.count: bytes.remove(at: at)
            case 2:
                let spice = Self.spice[Int.random(in: 0..<Self.spice.count, using: &random)]
                bytes.insert(contentsOf: spice, at: at)
            case 3: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...20, using: &random)))
            default:
                let other = corpus[Int.random(in: 0..<corpus.count, using: &random)]
                bytes.insert(contentsOf: other.prefix(Int.random(in: 0...other.count, using: &random)), at: at)
            }
        }
        return bytes
    }
}

@Suite("The parsers, fed broken messages")
struct ParserFuzzTests {
    /// Broken messages a test; `PAAS_FUZZ_ROUNDS` makes a long run of it.
    private static let rounds = getenv("PAAS_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 10_000

    private func corpus(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    /// Feeds a head byte by byte until it is complete or refused, and compares that with feeding it at once.
    private func check(
        _ input: [UInt8], _ guarded: GuardedBytes, parse: (UnsafePointer<UInt8>, Int) -> (HeadOutcome, Int)
    ) {
        let whole = parse(guarded.place(input[...]), input.count)
        if case .complete = whole.0 { #expect(whole.1 <= input.count) }
        var stepwise = (HeadOutcome.incomplete, 0)
        for count in 0...input.count {
            stepwise = parse(guarded.place(input[..<count]), count)
            if stepwise.0 != .incomplete { break }
        }
        #expect(whole.0 == stepwise.0, "\(String(decoding: input, as: UTF8.self).debugDescription)")
        if whole.0 == .complete { #expect(whole.1 == stepwise.1) }
    }

    @Test("request heads: no byte beyond the end is read, and pieces make no difference", .timeLimit(.minutes(2)))
    func requests() throws {
        let guarded = try GuardedBytes(capacity: 1 << 16)
        let slots = UnsafeMutablePointer<FieldSlot>.allocate(capacity: HeadLimits.request.fieldCount)
        defer { slots.deallocate() }
        var mutator = Mutator(
            random: Seeded(state: 20),
            corpus: corpus([
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /x?y=z HTTP/1.1\r\nHost: a:80\r\nContent-Length: 12\r\nX-A: b\r\nConnection: X-A\r\n\r\nhello, world",
                "PUT http://h.localhost:80/p HTTP/1.0\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
                "\r\nOPTIONS * HTTP/1.1\r\nhOST:a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
                "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
            ]))
        for _ in 0..<Self.rounds {
            check(mutator.next(), guarded) { bytes, count in
                var parsed = ParsedRequest()
                let outcome = parsed.parse(bytes, count: count, slots: slots)
                if outcome == .complete {
                    for index in 0..<parsed.fields.count {
                        let slot = slots[index]
                        #expect(Int(slot.valueStart + slot.valueLength) <= parsed.length)
                        #expect(slot.start + UInt32(slot.nameLength) < slot.valueStart + 1)
                    }
                }
                return (outcome, parsed.length)
            }
        }
    }

    @Test("PROXY preambles: no byte beyond the end is read, and pieces make no difference", .timeLimit(.minutes(2)))
    func preambles() throws {
        let guarded = try GuardedBytes(capacity: 1 << 16)
        let four: [UInt8] = [192, 0, 2, 7, 127, 0, 0, 1, 0xC0, 0x01, 0x01, 0xBB]
        var mutator = Mutator(
            random: Seeded(state: 22),
            corpus: corpus([
                "PROXY TCP4 192.0.2.7 127.0.0.1 56324 443\r\nGET / HTTP/1.1\r\n", "PROXY UNKNOWN\r\n",
                "PROXY TCP6 2001:db8::7 ::1 56324 443\r\n",
            ]) + [
                ProxyPreambleTests.binary(family: 0x11, four),
                ProxyPreambleTests.binary(family: 0x11, four + [0x20, 0, 5, 1, 0, 0, 0, 0, 3, 0, 1, 9]),
                ProxyPreambleTests.binary(0x20, family: 0, []),
                ProxyPreambleTests.binary(family: 0x21, [UInt8](repeating: 1, count: 36)),
            ])
        for _ in 0..<Self.rounds {
            check(mutator.next(), guarded) { bytes, count in
                switch ProxyPreamble.parse(bytes, count: count) {
                case .complete(let preamble): (.complete, preamble.length)
                case .incomplete: (.incomplete, 0)
                case .malformed: (.failed(.badRequestLine), 0)
                }
            }
        }
    }

    @Test("response heads: no byte beyond the end is read, and pieces make no difference", .timeLimit(.minutes(2)))
    func responses() throws {
        let guarded = try GuardedBytes(capacity: 1 << 16)
        let slots = UnsafeMutablePointer<FieldSlot>.allocate(capacity: HeadLimits.response.fieldCount)
        defer { slots.deallocate() }
        var mutator = Mutator(
            random: Seeded(state: 21),
            corpus: corpus([
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.0 304\r\nETag: \"x\"\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            ]))
        for _ in 0..<Self.rounds {
            check(mutator.next(), guarded) { bytes, count in
                var parsed = ParsedResponse()
                return (parsed.parse(bytes, count: count, slots: slots), parsed.length)
            }
        }
    }

    @Test("chunked bodies: no byte beyond the end is read, and pieces make no difference", .timeLimit(.minutes(2)))
    func chunks() throws {
        let guarded = try GuardedBytes(capacity: 1 << 16)
        var mutator = Mutator(
            random: Seeded(state: 22),
            corpus: corpus([
                "5\r\nhello\r\n0\r\n\r\n", "1;a=b\r\nx\r\nA\r\n0123456789\r\n0;z\r\nX: y\r\nZ:\r\n\r\n",
                "00000000000001\r\nx\r\n000\r\n\r\nGET / HTTP/1.1\r\n",
            ]))
        for _ in 0..<Self.rounds {
            let input = mutator.next()
            #expect(run(input, guarded, piece: max(1, input.count)) == run(input, guarded, piece: 1))
            #expect(run(input, guarded, piece: 5) == run(input, guarded, piece: 1))
        }
    }

    private struct Result: Equatable {
        var data: [UInt8] = []
        var taken = 0
        var hasFailed = false
        var hasEnded = false
    }

    private func run(_ input: [UInt8], _ guarded: GuardedBytes, piece: Int) -> Result {
        var result = Result()
        var decoder = ChunkedDecoder()
        while result.taken < input.count, !result.hasEnded {
            let part = input[result.taken..<min(input.count, result.taken + piece)]
            switch decoder.advance(guarded.place(part), part.count) {
            case .needMore: result.taken += part.count
            case .data(let offset, let count):
                result.data += part[(part.startIndex + offset)..<(part.startIndex + offset + count)]
                result.taken += offset + count
            case .end(let consumed):
                result.taken += consumed
                result.hasEnded = true
            case .failed: return Result(data: result.data, hasFailed: true)
            }
        }
        return result
    }
}
