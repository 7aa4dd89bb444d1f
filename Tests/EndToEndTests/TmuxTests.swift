import TestSupport
import Testing

extension EndToEnd {
    @Suite("paas run at a real terminal", .needs("tmux"))
    struct TmuxTests {
        @Test("holds a Python session: lines, colours, ^C, ^D", .timeLimit(.minutes(5)))
        func python() async throws {
            try await session("snake") { app, terminal in
                try await terminal.type("paas run -x python3 -q; echo \"ended with $?\"")
                try await terminal.shows(line: ">>>")
                try await terminal.type("6 * 7")
                try await terminal.shows(line: "42")
                try await terminal.press("Up", "Enter")
                try await terminal.shows({ $0.split(separator: "\n").filter { $0 == "42" }.count == 2 }, "42 twice")
                try await terminal.type(#"print("\033[31mred\033[0m")"#)
                try await terminal.shows(line: "red")
                #expect(try await terminal.colours().contains("\u{1B}[31mred"))
                try await terminal.press("C-c")
                try await terminal.shows("KeyboardInterrupt")
                try await terminal.press("C-d")
                try await terminal.shows(line: "ended with 0")
            }
        }

        @Test("has job control: ^Z, fg, ^C, and knows TERM, LINES and COLUMNS", .timeLimit(.minutes(5)))
        func jobs() async throws {
            try await session("foreman") { app, terminal in
                try await terminal.type("paas run -x 'bash --norc'; echo \"ended with $?\"")
                try await terminal.showsPrompt()
                try await terminal.type("echo $TERM $LINES $COLUMNS; stty size")
                try await terminal.shows(line: "30 100")
                #expect(try await terminal.screen().firstMatch(of: #/(screen|tmux)\S* 30 100/#) != nil)
                try await terminal.type("sleep 1000")
                try await terminal.press("C-z")
                try await terminal.shows("Stopped")
                try await terminal.type("jobs; fg")
                try await terminal.shows({ $0.split(separator: "\n").last == "sleep 1000" }, "fg's own line")
                try await terminal.press("C-c")
                try await terminal.shows("^C")
                try await terminal.type("exit 3")
                try await terminal.shows(line: "ended with 3")
            }
        }

        @Test("follows the window's size", .timeLimit(.minutes(5)))
        func resize() async throws {
            try await session("elastic") { app, terminal in
                try await terminal.type("paas run 'bash --norc'")
                try await terminal.showsPrompt()
                try await terminal.type("trap 'stty size' WINCH; echo wai\"\"ting")
                try await terminal.shows(line: "waiting")
                try await terminal.resize(rows: 20, columns: 70)
                try await terminal.press("Enter")
                // Behind the prompt or on a line of its own: the signal comes when it likes.
                try await terminal.shows({ $0.contains("20 70\n") }, "20 70 at a line's end")
                try await terminal.type("exit")
            }
        }

        @Test(
            "runs full-screen programs: vim writes a file, less shows it", .needs("vi"), .needs("less"),
            .timeLimit(.minutes(5)))
        func fullScreen() async throws {
            try await session("canvas") { app, terminal in
                try await terminal.type("paas run 'bash --norc'")
                try await terminal.showsPrompt()
                try await terminal.type("vi -u NONE note")
                try await terminal.shows("\"note\"")
                try await terminal.press("i")
                try await terminal.type("written in vi")
                try await terminal.press("Escape")
                try await terminal.type(":wq")
                try await terminal.showsPrompt()
                try await terminal.type("less note")
                try await terminal.shows(
                    { $0.split(separator: "\n").first == "written in vi" && $0.contains("(END)") }, "less")
                try await terminal.press("q")
                try await terminal.showsPrompt()
                try await terminal.type("exit")
            }
        }

        @Test("runs psql, which says on the terminal what it lacks", .needs("psql"), .timeLimit(.minutes(5)))
        func psql() async throws {
            try await session("ledger") { app, terminal in
                try await terminal.type("paas run -x 'psql -h 127.0.0.1 -p 9 nothing'; echo \"ended with $?\"")
                try await terminal.shows(line: "ended with 2")
                #expect(try await terminal.screen().contains("onnection refused"))
            }
        }

        @Test(
            "gives the terminal back as it was when a signal ends it", .timeLimit(.minutes(5)),
            arguments: [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)])
        func restored(_ signal: String, _ code: Int) async throws {
            try await session("tidy") { app, terminal in
                try await terminal.type(
                    "paas run -e \"MARK=$PAAS_TEST_ROOT\" 'bash --norc'; echo \"ended with $?\"")
                try await terminal.showsPrompt()
                let line = "kill -\"$1\" $(pgrep -f \"^paas run .*$PAAS_TEST_ROOT\")"
                try await app.platform.shell(line, signal).orThrow()
                try await terminal.shows("ended with \(code)")
                try await terminal.type("stty -a | grep -q -e -icanon && echo 'r''aw' || echo 'coo''ked'")
                try await terminal.shows(line: "cooked")
                try await app.logsSay("Client connection closed. Sending SIGHUP to all processes")
            }
        }

        @Test("goes on when the daemon is killed with kill -9", .timeLimit(.minutes(5)))
        func daemonKilled() async throws {
            try await session("steady") { app, terminal in
                try await terminal.type("paas run -x 'bash --norc'; echo \"ended with $?\"")
                try await terminal.showsPrompt()
                try await terminal.type("here=$$; echo be\"\"fore")
                try await terminal.shows(line: "before")
                let pid = try #require(try await app.platform.status("pid"))
                try await app.platform.shell("kill -9 \"$1\"", pid).orThrow()
                // Nobody but the session itself starts the next daemon.
                var next: String?
                while next == nil || next == pid { next = try await app.platform.status("pid") }
                try await terminal.showsPrompt()
                try await terminal.type("test $here = $$ && echo af\"\"ter")
                try await terminal.shows(line: "after")
                try await terminal.type("exit 4")
                try await terminal.shows(line: "ended with 4")
                try await app.logsSay("State changed from up to complete")
                #expect(try await !app.paas("logs", "-n", "200").output.contains("SIGHUP"))
            }
        }

        @Test("ps:exec is a shell inside the running dyno", .timeLimit(.minutes(5)))
        func exec() async throws {
            try await session("inside") { app, terminal in
                try await terminal.type("paas ps:exec; echo \"ended with $?\"")
                try await terminal.shows("Connecting to web.1 on")
                try await terminal.shows({ $0.split(separator: "\n").last?.hasSuffix("$") ?? false }, "a prompt")
                try await terminal.type("echo in $DYNO; stty size; ls")
                try await terminal.shows(line: "in web.1")
                try await terminal.shows(line: "30 100")
                try await terminal.shows("server.py")
                try await terminal.type("exit 6")
                try await terminal.shows(line: "ended with 6")
            }
        }

        /// An app that serves, and a terminal in its repository.
        private func session(
            _ name: String, _ body: (TestApp, TmuxTerminal) async throws -> Void
        ) async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp(name, on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                try await TmuxTerminal.with(platform, in: app.folder) { try await body(app, $0) }
            }
        }
    }
}

extension TmuxTerminal {
    /// Waits for the prompt of the dyno's shell, which bash makes of its name and version, on the last line.
    fileprivate func showsPrompt() async throws {
        try await shows({ $0.split(separator: "\n").last?.wholeMatch(of: #/bash-[0-9.]+[$#]/#) != nil }, "a prompt")
    }
}
