import Console
import Testing

@testable import paas

@Suite("A line of a local process")
struct ProcessPrefixTests {
    private let prefix = ProcessPrefix(name: "web.1", width: 8, colour: 0)

    private func shown(_ text: String, colours: Bool = false) -> String {
        String(decoding: prefix.lines(Array(text.utf8), at: "6:46:02 PM", hasColours: colours), as: UTF8.self)
    }

    @Test("stands behind the time and the padded name")
    func plain() {
        #expect(shown("Listening  ") == "6:46:02 PM web.1    |  Listening  \n")
        #expect(
            prefix.ending("Exited Successfully", .cyan, at: "6:46:02 PM", hasColours: false)
                == "6:46:02 PM web.1    Exited Successfully\n")
    }

    @Test("is dropped when it is blank", arguments: ["", "  ", "\t\r"])
    func blank(text: String) { #expect(shown(text) == "") }

    @Test("goes on in further lines after 500 columns")
    func long() {
        let line = String(repeating: "é", count: 500) + String(repeating: "b", count: 500) + "c"
        #expect(
            shown(line) == """
                6:46:02 PM web.1    |  \(String(repeating: "é", count: 500))
                6:46:02 PM web.1    | >  \(String(repeating: "b", count: 500))
                6:46:02 PM web.1    | >  c

                """)
    }

    @Test("keeps bytes that are no text")
    func bytes() {
        let line: [UInt8] = [0xFF, 0x00, 0x41]
        #expect(prefix.lines(line, at: "", hasColours: false).suffix(4) == line + [0x0A])
    }

    @Test("has the colour of its process in front, in Heroku's cycle")
    func colours() {
        #expect(shown("x", colours: true) == "\u{1B}[35m6:46:02 PM web.1    | \u{1B}[0m x\n")
        let cycle = (0..<13).map { ProcessPrefix(name: "", width: 0, colour: $0).style }
        #expect(cycle.prefix(7) == [.magenta, .blue, .cyan, .green, .yellow, .red, .brightMagenta])
        #expect(cycle[12] == .magenta)
    }

    @Test("is put together from the pieces that come, however long it takes")
    func pieces() {
        var splitter = LineSplitter()
        #expect(splitter.take(Array("a\nb".utf8)) == [Array("a".utf8)])
        #expect(splitter.take(Array("c\n\nd".utf8)) == [Array("bc".utf8), []])
        #expect(splitter.takeRest() == Array("d".utf8))
        let endless = [UInt8](repeating: 0x78, count: LineSplitter.longestBytes)
        #expect(splitter.take(endless) == [endless])
    }

    @Test(
        "has the time of day as Americans write it",
        arguments: [(0, "12:05:09 AM"), (11, "11:05:09 AM"), (12, "12:05:09 PM"), (18, "6:05:09 PM")])
    func clock(hour: Int, text: String) { #expect(ClockText.text(hour: hour, minute: 5, second: 9) == text) }
}
