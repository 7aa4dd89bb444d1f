import Model
import Posix
import Testing

@testable import Logs

@Suite("A log that a crash has torn")
struct TornSegmentTests {
    let scratch: ScratchFolder
    let app = AppID()
    let dyno = DynoID()

    init() throws { scratch = try ScratchFolder() }

    @Test("loses what was half-written and no more, and lines and position agree, wherever it was cut")
    func cut() async throws {
        let (path, bytes) = try await written(records: 3)
        for length in 0...bytes.count {
            try FileTree.write(bytes.prefix(length), to: path)
            let book = LogBook(folder: scratch.path)
            let lines = await book.lines(of: app, matching: LogFilter(), last: 9)
            let position = await book.position(of: dyno, in: app)
            #expect(lines.map(\.text) == (0..<lines.count).map { "\($0 + 1)" })
            #expect(position == UInt64(lines.count * 10), "cut at \(length)")
            // What comes next is read back after it.
            await book.append([line(99)], to: app, origin: (dyno, 1000))
            await book.flush()
            let again = LogBook(folder: scratch.path)
            #expect(await again.lines(of: app, matching: LogFilter(), last: 9).count == lines.count + 1)
            #expect(await again.position(of: dyno, in: app) == 1000)
            await again.remove(app)
            try FileTree.makeFolder("\(scratch.path)/\(app)")
        }
    }

    @Test("is cut at the first record that was not written as it was meant", arguments: [0, 1, 8, 14, 40, 60])
    func damaged(back: Int) async throws {
        let (path, original) = try await written(records: 3)
        var bytes = original
        bytes[bytes.count - 1 - back] ^= 0x10
        try FileTree.write(bytes, to: path)
        let book = LogBook(folder: scratch.path)
        #expect(await book.lines(of: app, matching: LogFilter(), last: 9).map(\.text) == ["1", "2"])
        #expect(await book.position(of: dyno, in: app) == 20)
    }

    @Test("takes a tail of zeros, as a power cut leaves it, for nothing")
    func zeros() async throws {
        let (path, bytes) = try await written(records: 2)
        try FileTree.write(bytes + Array(repeating: 0, count: 5000), to: path)
        let book = LogBook(folder: scratch.path)
        #expect(await book.position(of: dyno, in: app) == 20)
        #expect(try FileTree.read(path).count == bytes.count)
    }

    /// One segment with that many records of one line, each 10 further in the dyno's output.
    private func written(records: Int) async throws -> (path: String, bytes: [UInt8]) {
        let book = LogBook(folder: scratch.path)
        for number in 1...records {
            await book.append([line(number)], to: app, origin: (dyno, UInt64(number * 10)))
        }
        await book.flush()
        let segment = try #require(try Segment.all(in: "\(scratch.path)/\(app)").first)
        return (segment.path, try FileTree.read(segment.path))
    }
}
