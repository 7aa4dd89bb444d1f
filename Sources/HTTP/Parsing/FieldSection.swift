/// The field lines of a head, read in one pass, with what framing and forwarding need to know of them.
package struct FieldSection {
    package var count = 0
    /// Bytes of the head, the blank line included; valid once complete.
    package var end = 0
    /// Where the first unfinished line starts; valid when the head is incomplete.
    package var unfinished = 0
    package var contentLength: UInt64?
    package var isChunked = false
    package var connection: ConnectionOptions = []
    /// The slot of the Host field, or -1.
    package var host = -1
    package var hasUpgrade = false
    /// An Expect field is there; ``expectsContinue`` when it is the known one.
    package var hasExpect = false
    package var expectsContinue = false
    /// A Set-Cookie line is longer than 8192 bytes.
    package var hasOversizedCookie = false

    package init() {}

    /// Reads from `start`, the byte after the start line.
    ///
    /// Lines are judged when they are complete, so that it makes no difference in which pieces the bytes came.
    @inline(__always)
    mutating func read(
        _ bytes: UnsafePointer<UInt8>, _ available: Int, from start: Int, limits: HeadLimits,
        slots: UnsafeMutablePointer<FieldSlot>
    ) -> HeadOutcome {
        var line = start
        while true {
            let feed = Bytes.lineFeed(bytes + line, available &- line)
            guard feed >= 0 else {
                if available &- line > limits.fieldLine &+ 1 { return .failed(.fieldTooLong) }
                unfinished = line
                return available > limits.head ? .failed(.headTooLong) : .incomplete
            }
            let next = line &+ feed &+ 1
            guard feed > 0, bytes[next &- 2] == Bytes.cr else { return .failed(.badField) }
            if next > limits.head { return .failed(.headTooLong) }
            let length = feed &- 1
            if length == 0 {
                end = next
                return finish(bytes, slots)
            }
            if length > limits.fieldLine { return .failed(.fieldTooLong) }
            if count == limits.fieldCount { return .failed(.tooManyFields) }
            if let error = readLine(bytes, line, length, limits, slots + count) { return .failed(error) }
            count &+= 1
            line = next
        }
    }

    @inline(__always)
    private mutating func readLine(
        _ bytes: UnsafePointer<UInt8>, _ line: Int, _ length: Int, _ limits: HeadLimits,
        _ slot: UnsafeMutablePointer<FieldSlot>
    ) -> HTTPParseError? {
        let text = bytes + line
        var colon = 0
        // Also refuses folded lines and a blank before the colon: neither is a token byte.
        while colon < length, Bytes.isToken(text[colon]) { colon &+= 1 }
        guard colon > 0, colon < length, text[colon] == Bytes.colon else { return .badField }
        guard colon <= limits.fieldName else { return .fieldTooLong }
        var first = colon &+ 1
        while first < length, text[first] == Bytes.space || text[first] == Bytes.tab { first &+= 1 }
        var last = length
        while last > first, text[last &- 1] == Bytes.space || text[last &- 1] == Bytes.tab { last &-= 1 }
        guard Bytes.isText(text + first, last &- first) else { return .badField }
        let kind = FieldKind.of(text, colon)
        slot.pointee = FieldSlot(
            start: UInt32(truncatingIfNeeded: line), valueStart: UInt32(truncatingIfNeeded: line &+ first),
            valueLength: UInt32(truncatingIfNeeded: last &- first), nameLength: UInt16(truncatingIfNeeded: colon),
            kind: kind)
        return kind == .other ? nil : note(kind, text + first, last &- first)
    }

    @inline(never)
    private mutating func note(_ kind: FieldKind, _ value: UnsafePointer<UInt8>, _ length: Int) -> HTTPParseError? {
        switch kind {
        case .host:
            guard host < 0, Self.isHost(value, length) else { return .badHost }
            host = count
        case .contentLength:
            // One only: a list, or a second line even with the same number, is what smugglers send.
            guard contentLength == nil, length > 0, length <= 18 else { return .badContentLength }
            var number: UInt64 = 0
            for index in 0..<length {
                let digit = value[index] &- 0x30
                guard digit < 10 else { return .badContentLength }
                number = number &* 10 &+ UInt64(digit)
            }
            contentLength = number
        case .transferEncoding:
            guard !isChunked, Self.isWord(value, length, "chunked") else { return .unsupportedTransferCoding }
            isChunked = true
        case .connection: noteConnection(value, length)
        case .upgrade: hasUpgrade = true
        case .expect:
            expectsContinue = !hasExpect && Self.isWord(value, length, "100-continue")
            hasExpect = true
        case .setCookie: if length > 8192 { hasOversizedCookie = true }
        case .keepAlive, .te, .proxyConnection, .via, .server, .xForwardedFor, .xForwardedProto, .xForwardedPort,
            .xRequestID, .xRequestStart, .nominated, .other:
            break
        }
        return nil
    }

    private mutating func noteConnection(_ value: UnsafePointer<UInt8>, _ length: Int) {
        Self.eachOption(value, length) { option, length in
            if Self.isWord(option, length, "close") {
                connection.insert(.close)
            } else if Self.isWord(option, length, "keep-alive") {
                connection.insert(.keepAlive)
            } else if Self.isWord(option, length, "upgrade") {
                connection.insert(.upgrade)
            } else {
                connection.insert(.nominates)
            }
            return true
        }
    }

    /// Marks the fields that Connection names. Host and the framing stay: a client may not take them away.
    private func finish(_ bytes: UnsafePointer<UInt8>, _ slots: UnsafeMutablePointer<FieldSlot>) -> HeadOutcome {
        if isChunked, contentLength != nil { return .failed(.ambiguousLength) }
        guard connection.contains(.nominates) else { return .complete }
        for index in 0..<count where slots[index].kind == .connection {
            let value = bytes + Int(slots[index].valueStart)
            Self.eachOption(value, Int(slots[index].valueLength)) { option, length in
                nominate(option, length, bytes, slots)
                return true
            }
        }
        return .complete
    }

    private func nominate(
        _ option: UnsafePointer<UInt8>, _ length: Int, _ bytes: UnsafePointer<UInt8>,
        _ slots: UnsafeMutablePointer<FieldSlot>
    ) {
        for index in 0..<count where Int(slots[index].nameLength) == length {
            switch slots[index].kind {
            case .host, .connection, .contentLength, .transferEncoding, .upgrade, .expect: continue
            default:
                let name = bytes + Int(slots[index].start)
                let isSame = (0..<length).allSatisfy { Bytes.lowercase(name[$0]) == Bytes.lowercase(option[$0]) }
                if isSame { slots[index].kind = .nominated }
            }
        }
    }

    /// Calls `body` with each comma-separated option until it returns `false`.
    private static func eachOption(
        _ value: UnsafePointer<UInt8>, _ length: Int, _ body: (UnsafePointer<UInt8>, Int) -> Bool
    ) {
        var start = 0
        while start < length {
            var end = start
            while end < length, value[end] != UInt8(ascii: ",") { end &+= 1 }
            var first = start
            var last = end
            while first < last, value[first] <= Bytes.space { first &+= 1 }
            while last > first, value[last &- 1] <= Bytes.space { last &-= 1 }
            if last > first, !body(value + first, last &- first) { return }
            start = end &+ 1
        }
    }

    private static func isWord(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ lowered: StaticString) -> Bool {
        count == lowered.utf8CodeUnitCount && Bytes.equalIgnoringCase(bytes, lowered.utf8Start, count)
    }

    /// Whether it can be `uri-host [":" port]`: nothing that would mean something else in a URL.
    static func isHost(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        for index in 0..<count {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"), UInt8(ascii: "~"),
                UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
                UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: "="),
                0x80...0xFF:
                continue
            default: return false
            }
        }
        return true
    }
}
