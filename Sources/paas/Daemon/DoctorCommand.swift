import Console

extension Command {
    static let doctor = Command(
        "doctor", abstract: "check whether this machine has what the platform needs",
        discussion: "Exit status 1 when pushing an app would fail.", examples: ["paas doctor"]
    ) { invocation in
        let terminal = invocation.terminal
        var needsMending = false
        for check in Doctor.checks {
            let finding = await check()
            terminal.print("\(mark(finding.verdict, terminal.output)) \(finding.subject): \(finding.fact)")
            for step in finding.mend { terminal.print("      \(step)") }
            if finding.verdict == .fails { needsMending = true }
        }
        guard needsMending else {
            return terminal.print("\nThis machine is ready: paas create, then git push paas main")
        }
        throw Failure("This machine is not ready yet; what is marked with an x has to be mended.")
    }

    private static func mark(_ verdict: Finding.Verdict, _ stream: Stream) -> String {
        switch verdict {
        case .good: "[\(stream.styled("ok", .green))]"
        case .note: "[\(stream.styled("--", .yellow))]"
        case .fails: "[\(stream.styled("x", .red))] "
        }
    }
}

/// What one check found.
struct Finding: Sendable, Equatable {
    enum Verdict: Sendable { case good, note, fails }

    var verdict: Verdict
    var subject: String
    var fact: String
    /// Commands that mend it.
    var mend: [String] = []
}
