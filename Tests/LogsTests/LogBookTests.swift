import Model
import Posix
import Testing

@testable import Logs

@Suite("An app's log", .timeLimit(.minutes(1)))
struct LogBookTests {
    let scratch: ScratchFolder
    let app = AppID()
    let dyno = DynoID()

    init() throws { scratch = try ScratchFolder() }

    @Test("gives back time, source, process and every byte of a message")
    func roundTrip() async {
        let book = LogBook(folder: scratch.path)
        let lines = [
            LogLine(time: Timestamp(microseconds: 1), source: .app, process: "web.1", message: [0, 255, 13, 128]),
            LogLine(time: Timestamp(microseconds: -5), source: .heroku, process: "router", message: []),
            LogLine(time: Timestamp(microseconds: .max), source: .app, process: "api", "Grüße 🦊"),
        ]
        await book.append(lines, to: app, origin: nil)
        #expect(await book.lines(of: app, matching: LogFilter(), last: 10) == lines)
        await book.flush()
        #expect(await book.lines(of: app, matching: LogFilter(), last: 10) == lines)
        #expect(await book.lines(of: AppID(), matching: LogFilter(), last: 10) == [])
    }

    @Test("filters first and counts then, over what is written and what waits")
    func filterThenCount() async {
        let book = LogBook(folder: scratch.path)
        for number in 1...40 {
            await book.append([line(number, process: number % 2 == 0 ? "web.1" : "web.2")], to: app, origin: nil)
            await book.append([line(number, process: "webhook.1")], to: app, origin: nil)
            await book.append([line(number, source: .heroku, process: "router")], to: app, origin: nil)
            if number == 30 { await book.flush() }
        }
        let even = await book.lines(of: app, matching: LogFilter(process: "web.1"), last: 12)
        #expect(even.map(\.text) == (9...20).map { "\($0 * 2)" })
        let web = await book.lines(of: app, matching: LogFilter(source: .app, process: "web"), last: 15)
        #expect(web.map(\.text) == (26...40).map { "\($0)" })
        #expect(await book.lines(of: app, matching: LogFilter(source: .heroku), last: 1).map(\.process) == ["router"])
        #expect(await book.lines(of: app, matching: LogFilter(source: .heroku, process: "web"), last: 9) == [])
        #expect(await book.lines(of: app, matching: LogFilter(), last: 0) == [])
    }

    @Test("gives at most 1500 lines, as Heroku does")
    func historyLimit() async {
        let book = LogBook(folder: scratch.path)
        await book.append((1...2000).map { line($0) }, to: app, origin: nil)
        let lines = await book.lines(of: app, matching: LogFilter(), last: 5000)
        #expect(lines.map(\.text) == (501...2000).map { "\($0)" })
    }

    @Test("splits a message of 10 MB into parts of 10,000 bytes, none lost")
    func longMessage() async {
        let book = LogBook(folder: scratch.path)
        let message = (0..<10_000_001).map { UInt8(truncatingIfNeeded: $0 >> 4) }
        await book.append(
            [LogLine(time: Timestamp(microseconds: 1), source: .app, process: "web.1", message: message)], to: app,
            origin: (dyno, 10_000_001))
        let lines = await book.lines(of: app, matching: LogFilter(), last: 1500)
        #expect(lines.map(\.message.count) == Array(repeating: 10_000, count: 1000) + [1])
        #expect(Array(lines.map(\.message).joined()) == message)
    }

    @Test("survives a restart, with the positions of its dynos")
    func restart() async {
        let first = LogBook(folder: scratch.path)
        await first.append([line(1), line(2)], to: app, origin: (dyno, 20))
        await first.append([], to: app, origin: (dyno, 25))
        await first.flush()
        let second = LogBook(folder: scratch.path)
        #expect(await second.position(of: dyno, in: app) == 25)
        #expect(await second.position(of: DynoID(), in: app) == 0)
        await second.append([line(3)], to: app, origin: (dyno, 30))
        #expect(await second.position(of: dyno, in: app) == 30)
        #expect(await second.lines(of: app, matching: LogFilter(), last: 9).map(\.text) == ["1", "2", "3"])
    }

    @Test("reaches the disk by itself, without being asked")
    func flushesItself() async throws {
        let book = LogBook(folder: scratch.path)
        await book.append([line(1)], to: app, origin: nil)
        while try Segment.all(in: "\(scratch.path)/\(app)").isEmpty { await Task.yield() }
        #expect(await LogBook(folder: scratch.path).lines(of: app, matching: LogFilter(), last: 9).map(\.text) == ["1"])
    }

    @Test("stays within its bound, keeps the newest lines, and remembers the position of a dyno that fell silent")
    func bound() async throws {
        let limit = 64 << 10
        let book = LogBook(folder: scratch.path, limitBytesPerApp: limit)
        let silent = DynoID()
        await book.append([line(0)], to: app, origin: (silent, 77))
        for number in 1...4000 {
            await book.append([line(number)], to: app, origin: (dyno, UInt64(number)))
            if number % 50 == 0 { await book.flush() }
        }
        let segments = try Segment.all(in: "\(scratch.path)/\(app)")
        #expect(segments.reduce(0) { $0 + $1.sizeBytes } <= limit)
        #expect(segments.count > 4)
        let reopened = LogBook(folder: scratch.path, limitBytesPerApp: limit)
        let texts = await reopened.lines(of: app, matching: LogFilter(), last: 300).map(\.text)
        #expect(texts == (3701...4000).map { "\($0)" })
        #expect(await reopened.position(of: silent, in: app) == 77)
        #expect(await reopened.position(of: dyno, in: app) == 4000)
    }

    @Test("is gone once removed, and does not come back with lines that arrive late")
    func remove() async throws {
        let book = LogBook(folder: scratch.path)
        await book.append([line(1)], to: app, origin: nil)
        await book.flush()
        await book.remove(app)
        await book.append([line(2)], to: app, origin: nil)
        await book.flush()
        #expect(try FileTree.names(in: scratch.path) == [])
    }

    @Test("does not bring back a home that has been removed")
    func removedHome() async throws {
        let folder = scratch.path + "/home/logs"
        let book = LogBook(folder: folder)
        await book.append([line(1)], to: app, origin: nil)
        try FileTree.remove(scratch.path + "/home")
        await book.flush()
        #expect(!FileTree.exists(scratch.path + "/home"))
    }

    @Test("can still be read and followed while the disk takes nothing, and says why")
    func diskRefuses() async throws {
        try FileTree.write([], to: scratch.path + "/file")
        let book = LogBook(folder: scratch.path + "/file")
        await book.append([line(1)], to: app, origin: (dyno, 5))
        await book.flush()
        #expect(await book.trouble != nil)
        #expect(await book.lines(of: app, matching: LogFilter(), last: 9).map(\.text) == ["1"])
        try FileTree.remove(scratch.path + "/file")
        try FileTree.makeFolder(scratch.path + "/file")
        await book.append([line(2)], to: app, origin: (dyno, 9))
        await book.flush()
        #expect(await book.trouble == nil)
        let reopened = LogBook(folder: scratch.path + "/file")
        #expect(await reopened.lines(of: app, matching: LogFilter(), last: 9).map(\.text) == ["1", "2"])
    }
}

/// A line whose message is its number.
func line(_ number: Int, source: LogLine.Source = .app, process: String = "web.1") -> LogLine {
    LogLine(time: Timestamp(microseconds: Int64(number)), source: source, process: process, "\(number)")
}

extension LogLine {
    var text: String { String(decoding: message, as: UTF8.self) }
}
