import Console
import Posix

/// What signals mean to a session: whatever ends or suspends this program, the terminal is put back first.
struct SessionSignals: Sendable {
    /// A signal that somebody waits for.
    private final class Events: Sendable {
        let number: Int32
        private let events: SignalEvents

        init(_ number: Int32, _ reactor: Reactor) throws {
            self.number = number
            events = try SignalEvents(number, reactor: reactor)
        }

        func next() async throws { try await events.next() }
    }

    private let window: Events?
    private let endings: [Events]
    private let suspension: Events?

    init(isTerminal: Bool) throws {
        guard isTerminal else {
            // Pipes have nothing to put back: signals end the program as they do any other.
            (window, endings, suspension) = (nil, [], nil)
            return
        }
        let reactor = try Reactor()
        window = try Events(Signals.windowChange, reactor)
        endings = try [Signals.hangup, Signals.interrupt, Signals.quit, Signals.terminate].map {
            try Events($0, reactor)
        }
        suspension = try Events(Signals.suspend, reactor)
    }

    /// Returns when the window has another size.
    func windowChange() async throws { try await window?.next() }

    /// Ends the program when it is told to, with a terminal as it was; cancel what comes back.
    func watchEndings() -> [Task<Void, any Error>] {
        let ends = endings.map { events in
            Task {
                try await events.next()
                TerminalDevice.restore()
                // The dyno hears of it as of any client that goes.
                Environment.exit(128 + events.number)
            }
        }
        guard let suspension else { return ends }
        let suspends = Task {
            while true {
                try await suspension.next()
                TerminalDevice.restore()
                Signals.stopThisProcess()
                // Somebody has typed fg.
                try? TerminalDevice.makeRaw(0)
            }
        }
        return ends + [suspends]
    }
}
