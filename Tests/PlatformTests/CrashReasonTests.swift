import Model
import Testing

@testable import Platform

@Suite("Why a dyno ended is read from its last lines")
struct CrashReasonTests {
    private static let python = CrashReason(
        buildpackName: "Python",
        names: { folder in ["": ["requirements.txt", "app.py", "start.sh", "bin"], "bin": ["serve"]][folder] ?? [] },
        firstLine: { ["start.sh": "#!/bin/bash\r", "bin/serve": "#!/usr/bin/pyton"][$0] })
    private static let node = CrashReason(
        buildpackName: "Node.js", names: { $0.isEmpty ? ["package.json", "server.js"] : [] }, firstLine: { _ in nil })

    @Test(
        "of the shell",
        arguments: [
            ("bash: line 1: gunicorn: command not found", "command not found: gunicorn (is it in requirements.txt?)"),
            ("bash: gunicorn: command not found", "command not found: gunicorn (is it in requirements.txt?)"),
            ("sh: 1: honcho: not found", "command not found: honcho (is it in requirements.txt?)"),
            (
                "/usr/bin/env: ‘pythn’: No such file or directory",
                "command not found: pythn (is it in requirements.txt?)"
            ),
            ("bash: line 1: ./strat.sh: No such file or directory", "no such file: strat.sh (did you mean start.sh?)"),
            ("bash: strat.sh: No such file or directory", "no such file: strat.sh (did you mean start.sh?)"),
            ("bash: line 1: bin/srve: No such file or directory", "no such file: bin/srve (did you mean bin/serve?)"),
            ("bash: line 1: ./nothing/like/it: No such file or directory", "no such file: nothing/like/it"),
            (
                "bash: line 1: ./start.sh: Permission denied",
                "permission denied: start.sh (make it executable: chmod +x start.sh, and commit it)"
            ),
            (
                "bash: line 1: ./start.sh: cannot execute: required file not found",
                "bad interpreter: the lines of start.sh end in CRLF; save it with LF"
            ),
            (
                "bash: line 1: bin/serve: /usr/bin/pyton: bad interpreter: No such file or directory",
                "bad interpreter: the first line of bin/serve names /usr/bin/pyton, which is not there"
            ),
            ("bash: line 1: ./bin: Is a directory", "./bin is a folder"),
            (
                "bash: line 1: ./tool: cannot execute binary file: Exec format error",
                "cannot execute ./tool: it was built for another machine, or is no program"
            ),
        ])
    func shell(line: String, reason: String) {
        #expect(Self.python.text(for: .code(127), lines: ["starting", line]) == reason)
    }

    @Test(
        "of Python",
        arguments: [
            (
                "python: can't open file '/app/ap.py': [Errno 2] No such file or directory",
                "no such file: ap.py (did you mean app.py?)"
            ),
            (
                "python3: can't open file '/h/run/dynos/x/scratch/app/ap.py': [Errno 2] No such file or directory",
                "no such file: ap.py (did you mean app.py?)"
            ),
            ("ModuleNotFoundError: No module named 'flask'", "no module named flask (is it in requirements.txt?)"),
            ("ModuleNotFoundError: No module named 'apps'", "no module named apps (did you mean app?)"),
            (
                "OSError: [Errno 98] Address already in use",
                "the address that it wants to listen on is in use already; listen on 0.0.0.0:$PORT"
            ),
        ])
    func python(line: String, reason: String) {
        #expect(Self.python.text(for: .code(1), lines: [line]) == reason)
    }

    @Test(
        "of Node.js",
        arguments: [
            ("sh: 1: next: not found", "command not found: next (is it in package.json?)"),
            ("Error: Cannot find module '/app/serve.js'", "no such file: serve.js (did you mean server.js?)"),
            ("Error: Cannot find module 'express'", "no module named express (is it in package.json?)"),
            ("npm error Missing script: \"start\"", "no script start in package.json"),
            (
                "Error: listen EADDRINUSE: address already in use :::3000",
                "the address that it wants to listen on is in use already; listen on 0.0.0.0:$PORT"
            ),
        ])
    func node(line: String, reason: String) {
        #expect(Self.node.text(for: .code(1), lines: [line, "    at Module._load (node:internal)", "}"]) == reason)
    }

    @Test(
        "or from the signal that ended it, its own or of what its shell ran",
        arguments: [
            (Ending.signal(11), "ended by SIGSEGV"), (.signal(9), "ended by SIGKILL"), (.code(134), "ended by SIGABRT"),
            (.code(1), nil), (.code(0), nil), (.code(255), nil), (.lost, nil),
        ] as [(Ending, String?)])
    func signals(ending: Ending, reason: String?) {
        #expect(Self.python.text(for: ending, lines: ["goodbye"]) == reason)
    }

    @Test("and a line of any length and kind is taken as it is")
    func hostile() {
        let lines = [String(repeating: "a: ", count: 3000), "\u{0}\u{1b}[31m", "", "bash: : not found"]
        #expect(Self.python.text(for: .code(1), lines: lines) == nil)
    }
}
