import Model
import Testing

@testable import Logs

@Suite("Following a log", .timeLimit(.minutes(1)))
struct FollowTests {
    let scratch: ScratchFolder
    let app = AppID()

    init() throws { scratch = try ScratchFolder() }

    @Test("gives the backlog and everything after it, without a gap and nothing twice, while others write")
    func seamless() async throws {
        let book = LogBook(folder: scratch.path)
        await book.append((1...100).map { line($0) }, to: app, origin: nil)
        async let writing: Void = {
            for number in 101...3000 {
                await book.append([line(number)], to: app, origin: nil)
                if number % 10 == 0 { await Task.yield() }
            }
        }()
        var seen: [String] = []
        for await lines in await book.follow(app, matching: LogFilter(), last: 1500) {
            seen += lines.map(\.text)
            if seen.last == "3000" { break }
        }
        await writing
        let first = try #require(seen.first.flatMap { Int($0) })
        #expect(seen == (first...3000).map { "\($0)" })
    }

    @Test("gives only what the filter accepts")
    func filtered() async {
        let book = LogBook(folder: scratch.path)
        await book.append([line(1, process: "web.1"), line(2, process: "worker.1")], to: app, origin: nil)
        var stream = await book.follow(app, matching: LogFilter(process: "worker"), last: 9).makeAsyncIterator()
        #expect(await stream.next()?.map(\.text) == ["2"])
        await book.append([line(3, process: "web.1")], to: app, origin: nil)
        await book.append([line(4, process: "worker.2"), line(5, process: "web.1")], to: app, origin: nil)
        #expect(await stream.next()?.map(\.text) == ["4"])
    }

    @Test("tells a reader who was too slow how many lines it missed, and where")
    func overflow() async throws {
        let book = LogBook(folder: scratch.path)
        var stream = await book.follow(app, matching: LogFilter(), last: 9).makeAsyncIterator()
        for number in 1...10_000 { await book.append([line(number)], to: app, origin: nil) }
        let first = try #require(await stream.next())
        await book.append([line(10_001)], to: app, origin: nil)
        let kept = first.dropLast()
        #expect(kept.map(\.text) == (1...kept.count).map { "\($0)" })
        let notice = try #require(first.last)
        #expect(notice.source == .heroku)
        #expect(notice.process == "logplex")
        let start =
            "Error L11 (Tail buffer overflow) -> This tail session dropped \(10_000 - kept.count) messages since 20"
        #expect(notice.text.hasPrefix(start))
        #expect(notice.text.hasSuffix("+00:00."))
        #expect(await stream.next()?.map(\.text) == ["10001"])
    }

    @Test("ends when its task is cancelled")
    func cancelled() async {
        let book = LogBook(folder: scratch.path)
        let stream = await book.follow(app, matching: LogFilter(), last: 9)
        let reader = Task { for await _ in stream {} }
        reader.cancel()
        await reader.value
    }

    @Test("ends when the app is removed")
    func removed() async {
        let book = LogBook(folder: scratch.path)
        var stream = await book.follow(app, matching: LogFilter(), last: 9).makeAsyncIterator()
        async let next = stream.next()
        await book.remove(app)
        #expect(await next == nil)
    }
}
