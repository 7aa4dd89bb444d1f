import Model
import Posix
import Testing

@testable import Dyno

@Suite("A dyno's spool")
struct SpoolTests {
    private func readAll(_ folder: String, from position: UInt64) -> (bytes: [UInt8], gaps: [UInt64], end: UInt64) {
        var reader = SpoolReader(folder: folder, from: position)
        var bytes: [UInt8] = []
        var gaps: [UInt64] = []
        while let item = reader.next(written: nil) {
            switch item {
            case .record(let record): bytes += record.bytes
            case .gap(let count): gaps.append(count)
            }
        }
        return (bytes, gaps, reader.position)
    }

    @Test("gives back what was written, from every position", arguments: [64, 100, 4096])
    func everyPosition(_ limit: Int) throws {
        let folder = try Scratch.make()
        var writer = try SpoolWriter(folder: folder, limit: limit)
        let text = Array((0..<20).map { "line \($0)" }.joined(separator: "\n").utf8)
        for start in stride(from: 0, to: text.count, by: 10) {
            writer.append(Array(text[start..<min(start + 10, text.count)]))
        }
        #expect(writer.position == UInt64(text.count))
        let first = SpoolSegment.starts(in: folder).first ?? 0
        for position in Int(first)...text.count {
            let (bytes, gaps, end) = readAll(folder, from: UInt64(position))
            #expect(bytes == Array(text[position...]))
            #expect(gaps == [])
            #expect(end == UInt64(text.count))
        }
        try FileTree.remove(folder)
    }

    @Test("keeps the newest output when it is full, and tells the size of the gap")
    func overflow() throws {
        let folder = try Scratch.make()
        var writer = try SpoolWriter(folder: folder, limit: 1000)
        for number in 0..<100 { writer.append([UInt8](repeating: UInt8(number), count: 87)) }
        let (bytes, gaps, end) = readAll(folder, from: 0)
        #expect(gaps.reduce(0, +) + UInt64(bytes.count) == 8700)
        #expect(gaps.count == 1)
        #expect(bytes.last == 99)
        #expect(bytes.count >= 1000 - 100)
        #expect(end == 8700)
        #expect(try FileTree.names(in: folder).count == 2)
        try FileTree.remove(folder)
    }

    @Test("loses nothing for a reader that keeps up, however often it turns")
    func follows() throws {
        let folder = try Scratch.make()
        var writer = try SpoolWriter(folder: folder, limit: 300)
        var reader = SpoolReader(folder: folder, from: 0)
        var received: [UInt8] = []
        var sent: [UInt8] = []
        for number in 0..<500 {
            let part = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number % 60 + 1)
            sent += part
            writer.append(part)
            while case .record(let record)? = reader.next(written: writer.position) { received += record.bytes }
        }
        #expect(received == sent)
        try FileTree.remove(folder)
    }

    @Test("is read as far as it is whole when its writer was cut off")
    func torn() throws {
        let folder = try Scratch.make()
        var writer = try SpoolWriter(folder: folder)
        writer.append(Array("whole".utf8))
        let path = SpoolSegment.path(in: folder, from: 0)
        try FileTree.write(try FileTree.read(path) + [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9, 1, 2], to: path)
        let (bytes, gaps, end) = readAll(folder, from: 0)
        #expect(bytes == Array("whole".utf8))
        #expect(gaps == [])
        #expect(end == 5)
        try FileTree.remove(folder)
    }
}

@Suite("Lines of output")
struct LineSplitterTests {
    private func split(_ parts: [String], from position: UInt64 = 0) -> [LineSplitter.Line] {
        var splitter = LineSplitter()
        var position = position
        var lines: [LineSplitter.Line] = []
        for part in parts {
            let bytes = Array(part.utf8)
            lines += splitter.feed(bytes, at: position, time: Timestamp(microseconds: Int64(position)))
            position += UInt64(bytes.count)
        }
        if let last = splitter.finish() { lines.append(last) }
        return lines
    }

    @Test("end where newlines are, however the bytes arrive")
    func newlines() {
        let lines = split(["on", "e\n\ntw", "o\nrest"])
        #expect(lines.map { String(decoding: $0.message, as: UTF8.self) } == ["one", "", "two", "rest"])
        #expect(lines.map(\.position) == [4, 5, 9, 13])
    }

    @Test("over the limit are split; a newline right at the limit makes no empty line")
    func limit() {
        let full = String(repeating: "x", count: 10_000)
        #expect(split([full + "\n"]).map(\.message.count) == [10_000])
        #expect(split([full, "\n", "y\n"]).map(\.message.count) == [10_000, 1])
        #expect(split([full + "y\n"]).map(\.message.count) == [10_000, 1])
        #expect(split([full + full + full]).map(\.position) == [10_000, 20_000, 30_000])
    }

    @Test("go on from the end of any line as if nobody had stopped")
    func resume() {
        let text = String(repeating: "z", count: 25_000) + "\nshort\n\n" + String(repeating: "w", count: 10_001)
        let whole = split([text])
        for (index, line) in whole.enumerated() {
            let rest = String(decoding: Array(text.utf8)[Int(line.position)...], as: UTF8.self)
            #expect(split([rest], from: line.position).map(\.position) == whole[(index + 1)...].map(\.position))
        }
    }
}
