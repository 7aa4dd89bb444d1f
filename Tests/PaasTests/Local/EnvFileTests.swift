import Testing

@testable import paas

@Suite("A file of variables for paas local")
struct EnvFileTests {
    private func variables(_ text: String) throws -> [String: String] {
        try EnvFile(parsing: Array(text.utf8), name: ".env").variables
    }

    @Test(
        "has a KEY=VALUE a line",
        arguments: [
            ("A=b", ["A": "b"]),
            ("A=b=c==", ["A": "b=c=="]),
            ("  A  =  b c  ", ["A": "b c"]),
            ("A=b\r\nC=d\r\n", ["A": "b", "C": "d"]),
            ("A=1\nA=2", ["A": "2"]),
            ("\u{FEFF}A=b\nC=d", ["A": "b", "C": "d"]),
            ("KEY", ["KEY": ""]),
            ("KEY=", ["KEY": ""]),
            ("export A=b", ["export A": "b"]),
            ("A=$HOME ${B} `c` \\n", ["A": "$HOME ${B} `c` \\n"]),
        ])
    func pairs(text: String, expected: [String: String]) throws {
        #expect(try variables(text) == expected)
    }

    @Test(
        "has comments, blank lines, and lines too short to mean anything",
        arguments: [
            ("# A=b\n\n   # C=d\n", [:]),
            ("A=b # comment", ["A": "b"]),
            ("A=b#c", ["A": "b"]),
            ("A=#c", ["A": ""]),
            ("A=\nAB=", ["AB": ""]),
            ("=value", [:]),
        ])
    func comments(text: String, expected: [String: String]) throws {
        #expect(try variables(text) == expected)
    }

    @Test(
        "has values in quotes, which end at the next such quote and know no escapes",
        arguments: [
            ("A=\"b # c\"", ["A": "b # c"]),
            ("A='b # c' # d", ["A": "b # c"]),
            ("A=\"it's\"", ["A": "it's"]),
            ("A=\"b\\\"c\"", ["A": "b\\"]),
            ("A=\"\"", ["A": ""]),
            ("A=b\"c\"", ["A": "b\"c\""]),
        ])
    func quotes(text: String, expected: [String: String]) throws {
        #expect(try variables(text) == expected)
    }

    @Test("is refused with the line's number when a quote is not closed")
    func unclosed() throws {
        let failure = try #require(throws: (any Error).self) { _ = try variables("A=b\nKEY=\"-----BEGIN\nxyz\n") }
        #expect("\(failure)".contains("Line 2 of .env has a quote that is not closed: KEY"))
    }

    @Test(
        "may be JSON, whose nested keys are joined and in capitals",
        arguments: [
            (
                #"{"A": "b", "port": 5001, "on": true, "pi": 1.5, "none": null}"#,
                ["A": "b", "PORT": "5001", "ON": "true", "PI": "1.5"]
            ),
            (
                #"{"top": {"middle": {"bottom": "x"}, "list": ["zero", 1]}}"#,
                ["TOP_MIDDLE_BOTTOM": "x", "TOP_LIST_0": "zero", "TOP_LIST_1": "1"]
            ),
            (#"{"key": "two\nlines"}"#, ["KEY": "two\nlines"]),
            ("{}", [:]),
        ])
    func json(text: String, expected: [String: String]) throws {
        let file = try EnvFile(parsing: Array(text.utf8), name: ".env")
        #expect(file.variables == expected)
        #expect(file.format == .json)
    }

    @Test("that only looks like JSON is read line by line")
    func brokenJSON() throws {
        let file = try EnvFile(parsing: Array("{\nA=b".utf8), name: ".env")
        #expect(file == (try EnvFile(parsing: Array("A=b".utf8), name: ".env")))
    }
}
