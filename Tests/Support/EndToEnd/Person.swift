/// Someone at a real terminal: a program of Python's standard library that types when it has read what it waits for.
package struct Person: Sendable {
    /// What to wait for, and the keys to press then.
    package typealias Step = (mark: String, keys: String)

    private let rows: Int
    private let columns: Int
    private let steps: [Step]

    package init(rows: Int = 24, columns: Int = 80, steps: [Step] = []) {
        self.rows = rows
        self.columns = columns
        self.steps = steps
    }

    /// The words of a command that runs `words` on the terminal, shows what is read there, and ends as it did.
    package func running(_ words: [String]) -> [String] {
        ["python3", "-c", Self.program, "\(rows)", "\(columns)", "\(steps.count)"]
            + steps.flatMap { [$0.mark, $0.keys] } + words
    }

    private static let program = """
        import fcntl, os, pty, struct, sys, termios

        rows, columns, count = map(int, sys.argv[1:4])
        steps = [sys.argv[4 + 2 * n:6 + 2 * n] for n in range(count)]
        words = sys.argv[4 + 2 * count:]
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvp(words[0], words)
        heard = b""
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # Linux says EIO when the last holder of the other end has gone.
                part = b""
            if not part:
                break
            sys.stdout.buffer.write(part)
            heard += part
            while steps and steps[0][0].encode() in heard:
                mark, keys = steps.pop(0)
                heard = heard.split(mark.encode(), 1)[1]
                os.write(terminal, keys.encode())
        for mark, keys in steps:
            print(f"never read: {mark!r}")
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.exit(125 if steps else code if code >= 0 else 128 - code)

        """
}
