import Console

/// Remarks as node-foreman makes them. Source: heroku-cli.md §7.
struct ForemanWords {
    enum Place { case output, errors }

    private let terminal: Terminal
    private let notes: Place

    init(_ terminal: Terminal, notes: Place = .output) {
        self.terminal = terminal
        self.notes = notes
    }

    func okay(_ text: String) {
        let stream = notes == .output ? terminal.output : terminal.errors
        stream.write(stream.styled("[OKAY] \(text)", .green) + "\n")
    }

    func warn(_ text: String) { terminal.errors.write(terminal.errors.styled("[WARN] \(text)", .yellow) + "\n") }
}
