import Console
import Testing

private let plain = Stream(1, isTerminal: false, hasColours: false, hasManyColours: false, width: 80)
private let narrow = Stream(1, isTerminal: true, hasColours: false, hasManyColours: false, width: 40)

@Suite("A table")
struct TableTests {
    @Test("has headers, a rule and rows as oclif draws them")
    func layout() {
        var table = Table(["type", "size", "qty", "cost/hour", "max cost/month"])
        table.add(["web", "Basic", "1", "~$0.010", "$7"])
        #expect(
            table.text(on: plain) == """
                  type   size    qty   cost/hour   max cost/month
                 ─────────────────────────────────────────────────
                  web    Basic   1     ~$0.010     $7

                """)
    }

    @Test("is cut to the window in its widest column")
    func cut() {
        var table = Table(["v", "description"])
        table.add(["v1", "A description that is much too long for the window"])
        #expect(
            table.text(width: 40, on: narrow) == """
                  v    description
                 ───────────────────────────────────────
                  v1   A description that is much too …

                """)
    }
}

@Suite("An error")
struct ErrorTextTests {
    @Test("stands behind a bang, and says what helps")
    func block() {
        let failure = Failure("Couldn't find that app.\n\nError ID: not_found", mend: ["paas apps"])
        #expect(
            ErrorText.failure(failure, on: plain) == """
                 ›   Error: Couldn't find that app.
                 ›
                 ›   Error ID: not_found
                 ›
                 ›   What helps:
                 ›     paas apps

                """)
    }

    @Test("is wrapped to a terminal, never in a pipe")
    func wrapping() {
        let failure = Failure("Name must start with a letter and end with a letter or digit.")
        #expect(
            ErrorText.failure(failure, on: narrow) == """
                 ›   Error: Name must start with a
                 ›   letter and end with a letter or
                 ›   digit.

                """)
        #expect(ErrorText.failure(failure, on: plain).split(separator: "\n").count == 1)
    }

    @Test("that is silent says nothing")
    func silent() { #expect(ErrorText.failure(.silent(exitCode: 100), on: plain) == "") }
}

@Suite("A value for the shell")
struct ShellQuotingTests {
    @Test(
        "is quoted as Heroku's CLI does",
        arguments: [
            ("bar", "bar"), ("postgres://x", "'postgres://x'"), ("two words", "'two words'"), ("", "''"),
            ("it's", "\"it's\""), ("a\nb", "\"a\\nb\""), ("'$x`!\"\\", "\"'\\$x\\`\\!\\\"\\\\\""),
        ])
    func quoting(value: String, text: String) { #expect(ShellQuoting.quoted(value) == text) }
}

@Suite("JSON for a person")
struct JSONTextTests {
    @Test("is indented by two, in its own order")
    func indented() {
        let text = #"{"b":[1,{"x":"a,b:{}\"" }],"a":{},"c":[],"d":null}"#
        #expect(
            JSONText.indented(Array(text.utf8)) == #"""
                {
                  "b": [
                    1,
                    {
                      "x": "a,b:{}\""
                    }
                  ],
                  "a": {},
                  "c": [],
                  "d": null
                }
                """#)
    }
}

@Suite("Text on a terminal")
struct DisplayWidthTests {
    @Test(
        "is as wide as its cells, colours aside",
        arguments: [("web", 3), ("\u{1B}[32mup\u{1B}[0m", 2), ("héß", 3), ("日本", 4)])
    func width(text: String, columns: Int) { #expect(text.displayWidth == columns) }
}
