internal import Model

/// What one append leaves in a segment: lines, and how far the dyno's output has been read by then.
///
/// Lines and position share a checksum, so that a crash keeps both or neither. The length stands at both ends, so that
/// a segment is read forwards to check it and backwards to find the newest lines. All numbers are little-endian.
///
///     length 4 | checksum 8 | payload | length 4
///     payload: kind 1 | kind's own fields
///     positions (kind 0), first in each segment: { dyno 16 | position 8 } …
///     lines (kind 1): has origin 1 | [ dyno 16 | position 8 ] | { time 8 | source 1 | process 2+n | message 4+n } …
enum LogRecord {
    static let headerBytes = 12
    static let trailerBytes = 4
    private static let dynoBytes = 16

    private enum Kind {
        static let positions: UInt8 = 0
        static let lines: UInt8 = 1
    }

    // MARK: Writing

    static func append(_ lines: [LogLine], origin: (dyno: DynoID, position: UInt64)?, to bytes: inout [UInt8]) {
        frame(in: &bytes) { bytes in
            bytes.append(Kind.lines)
            bytes.append(origin == nil ? 0 : 1)
            if let origin { put(origin.dyno, origin.position, to: &bytes) }
            for line in lines {
                put(line.time.microseconds, to: &bytes)
                bytes.append(line.source == .app ? 0 : 1)
                var process = line.process
                process.withUTF8 { name in
                    put(UInt16(truncatingIfNeeded: name.count), to: &bytes)
                    bytes.append(contentsOf: name.prefix(Int(UInt16.max)))
                }
                put(UInt32(line.message.count), to: &bytes)
                bytes.append(contentsOf: line.message)
            }
        }
    }

    static func append(positions: [(dyno: DynoID, position: UInt64)], to bytes: inout [UInt8]) {
        frame(in: &bytes) { bytes in
            bytes.append(Kind.positions)
            for (dyno, position) in positions { put(dyno, position, to: &bytes) }
        }
    }

    private static func frame(in bytes: inout [UInt8], _ payload: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: headerBytes))
        payload(&bytes)
        let count = UInt32(bytes.count - start - headerBytes)
        put(count, to: &bytes)
        bytes.withUnsafeMutableBytes { all in
            let payload = UnsafeRawBufferPointer(rebasing: all[(start + headerBytes)...].prefix(Int(count)))
            all.storeBytes(of: count.littleEndian, toByteOffset: start, as: UInt32.self)
            all.storeBytes(of: Checksum.of(payload).littleEndian, toByteOffset: start + 4, as: UInt64.self)
        }
    }

    private static func put(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func put(_ dyno: DynoID, _ position: UInt64, to bytes: inout [UInt8]) {
        put(dyno.words.high, to: &bytes)
        put(dyno.words.low, to: &bytes)
        put(position, to: &bytes)
    }

    // MARK: Reading

    /// The payload of the whole record that starts at `offset`; `nil` when what is there is no whole record.
    static func payload(in bytes: UnsafeRawBufferPointer, at offset: Int) -> UnsafeRawBufferPointer? {
        guard offset >= 0, offset + headerBytes + trailerBytes <= bytes.count else { return nil }
        let count = Int(bytes.number(at: offset, as: UInt32.self))
        guard count > 0, offset + headerBytes + count + trailerBytes <= bytes.count,
            Int(bytes.number(at: offset + headerBytes + count, as: UInt32.self)) == count
        else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[(offset + headerBytes)...].prefix(count))
        guard Checksum.of(payload) == bytes.number(at: offset + 4, as: UInt64.self) else { return nil }
        return payload
    }

    /// Where the record that ends at `end` starts, as its trailer says; `nil` at the front of the segment.
    private static func start(in bytes: UnsafeRawBufferPointer, endingAt end: Int) -> Int? {
        guard end >= headerBytes + trailerBytes else { return nil }
        let start = end - trailerBytes - Int(bytes.number(at: end - trailerBytes, as: UInt32.self)) - headerBytes
        return start >= 0 ? start : nil
    }

    /// Calls `each` for every position that the record sets.
    static func positions(in payload: UnsafeRawBufferPointer, _ each: (DynoID, UInt64) -> Void) {
        let fields: Range<Int>
        switch payload.first {
        case Kind.positions: fields = 1..<payload.count
        case Kind.lines where payload.count > 1 && payload[1] == 1: fields = 2..<min(payload.count, 2 + dynoBytes + 8)
        default: return
        }
        var offset = fields.lowerBound
        while offset + dynoBytes + 8 <= fields.upperBound {
            let high = payload.number(at: offset, as: UInt64.self)
            let low = payload.number(at: offset + 8, as: UInt64.self)
            each(DynoID(words: (high, low)), payload.number(at: offset + dynoBytes, as: UInt64.self))
            offset += dynoBytes + 8
        }
    }

    /// The last `count` lines in a run of whole records that `filter` accepts, oldest first.
    static func newest(_ count: Int, in bytes: [UInt8], matching filter: LogFilter) -> [LogLine] {
        var batches: [[LogLine]] = []
        var missing = count
        bytes.withUnsafeBytes { bytes in
            var end = bytes.count
            while missing > 0, let start = start(in: bytes, endingAt: end),
                let payload = payload(in: bytes, at: start)
            {
                let batch = lines(in: payload, matching: filter).suffix(missing)
                missing -= batch.count
                if !batch.isEmpty { batches.append(Array(batch)) }
                end = start
            }
        }
        return Array(batches.reversed().joined())
    }

    /// The record's lines that `filter` accepts, oldest first.
    private static func lines(in payload: UnsafeRawBufferPointer, matching filter: LogFilter) -> [LogLine] {
        guard payload.count > 1, payload[0] == Kind.lines else { return [] }
        var lines: [LogLine] = []
        var offset = payload[1] == 1 ? 2 + dynoBytes + 8 : 2
        // Lines of one batch mostly have one process: its name is made once.
        var process = ""
        while offset + 11 <= payload.count {
            let time = Timestamp(microseconds: payload.number(at: offset, as: Int64.self))
            let source: LogLine.Source = payload[offset + 8] == 0 ? .app : .heroku
            let nameCount = Int(payload.number(at: offset + 9, as: UInt16.self))
            offset += 11
            guard offset + nameCount + 4 <= payload.count else { break }
            let name = payload[offset..<(offset + nameCount)]
            if !process.utf8.elementsEqual(name) { process = String(decoding: name, as: UTF8.self) }
            let count = Int(payload.number(at: offset + nameCount, as: UInt32.self))
            offset += nameCount + 4
            guard offset + count <= payload.count else { break }
            if filter.accepts(source: source, process: process) {
                let message = [UInt8](UnsafeRawBufferPointer(rebasing: payload[offset..<(offset + count)]))
                lines.append(LogLine(time: time, source: source, process: process, message: message))
            }
            offset += count
        }
        return lines
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func number<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as _: Value.Type) -> Value {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}
