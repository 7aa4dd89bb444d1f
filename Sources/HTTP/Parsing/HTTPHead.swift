/// Header fields in the order they came; names are compared without regard to case.
package struct HTTPFields: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var list: [Field]

    package init(_ pairs: [(String, String)] = []) { list = pairs.map { Field(name: $0.0, value: $0.1) } }

    package subscript(name: String) -> String? { list.first { Self.same($0.name, name) }?.value }

    package func all(_ name: String) -> [String] { list.filter { Self.same($0.name, name) }.map(\.value) }

    package mutating func add(_ name: String, _ value: String) { list.append(Field(name: name, value: value)) }

    /// Replaces every field of that name by one; `nil` removes them.
    package mutating func set(_ name: String, _ value: String?) {
        list.removeAll { Self.same($0.name, name) }
        if let value { add(name, value) }
    }

    private static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { Bytes.lowercase($0) == Bytes.lowercase($1) }
    }
}

package enum HTTPVersion: String, Sendable { case http10 = "HTTP/1.0", http11 = "HTTP/1.1" }

/// A request head as values, for servers that are not on the hot path.
package struct RequestHead: Sendable, Hashable {
    package var method: String
    /// As it was sent: `/apps?x=1`, `*`, `http://host/path`, or `host:port` for CONNECT.
    package var target: String
    package var version: HTTPVersion
    package var fields: HTTPFields
    package var framing: BodyFraming
    package var keepsAlive: Bool
    package var expectsContinue: Bool
    /// The protocol asked for by Upgrade and Connection together.
    package var upgrade: String?
}

/// A response head as values.
package struct ResponseHead: Sendable, Hashable {
    package var status: Int
    package var reason: String
    package var version: HTTPVersion
    package var fields: HTTPFields
    package var framing: BodyFraming
    package var keepsAlive: Bool
}

/// Reads heads into values; for cold paths, where an allocation a header does not matter.
package enum HTTPHead {
    /// - Returns: `nil` when more bytes are needed; else the head and how many bytes it took.
    package static func parseRequest(
        _ bytes: [UInt8]
    ) throws(HTTPParseError) -> (head: RequestHead, consumed: Int)? {
        var parsed = ParsedRequest()
        var fields: [HTTPFields.Field] = []
        let outcome = withSlots(of: bytes, limits: .request) { text, slots in
            let outcome = parsed.parse(text, count: bytes.count, slots: slots)
            if outcome == .complete { fields = collect(text, slots, parsed.fields.count) }
            return outcome
        }
        guard try isComplete(outcome) else { return nil }
        let head = RequestHead(
            method: string(bytes, parsed.start, parsed.methodLength),
            target: string(bytes, parsed.targetStart, parsed.targetLength),
            version: parsed.minorVersion == 0 ? .http10 : .http11, fields: HTTPFields(fields),
            framing: parsed.framing, keepsAlive: parsed.keepsAlive, expectsContinue: parsed.fields.expectsContinue,
            upgrade: parsed.asksForUpgrade ? HTTPFields(fields)["upgrade"] : nil)
        return (head, parsed.length)
    }

    /// - Parameter answersHead: the request was a HEAD, so no body follows.
    /// - Returns: `nil` when more bytes are needed; else the head and how many bytes it took. Heads of interim
    ///   responses (1xx) are returned like any other.
    package static func parseResponse(
        _ bytes: [UInt8], answersHead: Bool = false
    ) throws(HTTPParseError) -> (head: ResponseHead, consumed: Int)? {
        var parsed = ParsedResponse()
        var fields: [HTTPFields.Field] = []
        let outcome = withSlots(of: bytes, limits: .response) { text, slots in
            let outcome = parsed.parse(text, count: bytes.count, slots: slots)
            if outcome == .complete { fields = collect(text, slots, parsed.fields.count) }
            return outcome
        }
        guard try isComplete(outcome) else { return nil }
        let head = ResponseHead(
            status: parsed.status, reason: string(bytes, parsed.reasonStart, parsed.reasonLength),
            version: parsed.minorVersion == 0 ? .http10 : .http11, fields: HTTPFields(fields),
            framing: parsed.framing(answering: answersHead ? .head : .get), keepsAlive: parsed.keepsAlive)
        return (head, parsed.length)
    }

    private static func isComplete(_ outcome: HeadOutcome) throws(HTTPParseError) -> Bool {
        switch outcome {
        case .complete: return true
        case .incomplete: return false
        case .failed(let error): throw error
        }
    }

    private static func withSlots(
        of bytes: [UInt8], limits: HeadLimits,
        _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<FieldSlot>) -> HeadOutcome
    ) -> HeadOutcome {
        bytes.withUnsafeBufferPointer { buffer in
            guard let text = buffer.baseAddress, !buffer.isEmpty else { return .incomplete }
            return withUnsafeTemporaryAllocation(of: FieldSlot.self, capacity: limits.fieldCount) { slots in
                guard let first = slots.baseAddress else { return .incomplete }
                return body(text, first)
            }
        }
    }

    private static func collect(
        _ text: UnsafePointer<UInt8>, _ slots: UnsafeMutablePointer<FieldSlot>, _ count: Int
    ) -> [HTTPFields.Field] {
        (0..<count).map { index in
            let slot = slots[index]
            let name = UnsafeBufferPointer(start: text + Int(slot.start), count: Int(slot.nameLength))
            let value = UnsafeBufferPointer(start: text + Int(slot.valueStart), count: Int(slot.valueLength))
            return HTTPFields.Field(
                name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self))
        }
    }

    private static func string(_ bytes: [UInt8], _ start: Int, _ length: Int) -> String {
        String(decoding: bytes[start..<start + length], as: UTF8.self)
    }
}

extension HTTPFields {
    fileprivate init(_ fields: [Field]) { list = fields }
}
