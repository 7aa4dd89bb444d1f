internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What a terminal can be asked and told.
package enum TerminalDevice {
    package static func isTerminal(_ descriptor: Int32) -> Bool { cpx_is_terminal(descriptor) != 0 }

    /// Rows and columns; `nil` when it is no terminal, or one that does not know.
    package static func size(of descriptor: Int32) -> (rows: Int, columns: Int)? {
        var rows: Int32 = 0
        var columns: Int32 = 0
        guard cpx_window_size(descriptor, &rows, &columns) == 0, rows > 0, columns > 0 else { return nil }
        return (Int(rows), Int(columns))
    }

    /// Passes every key through as bytes, until ``restore()``. One terminal at a time.
    package static func makeRaw(_ descriptor: Int32) throws(PosixError) {
        try posix(cpx_terminal_raw(descriptor), "tcsetattr")
    }

    /// Puts the terminal back as ``makeRaw(_:)`` found it; does nothing otherwise.
    package static func restore() { cpx_terminal_restore() }

    /// Shows what is typed, or not (for passwords).
    package static func setEcho(_ descriptor: Int32, _ isOn: Bool) { _ = cpx_terminal_echo(descriptor, isOn ? 1 : 0) }
}

/// A signal of this process as something to wait for.
package struct SignalEvents: ~Copyable, Sendable {
    private let descriptor: Descriptor
    private let reactor: Reactor

    /// From now on `signal` does nothing by itself. One value for each signal.
    package init(_ signal: Int32, reactor: Reactor) throws(PosixError) {
        descriptor = Descriptor(owning: try posix(cpx_signal_pipe(signal), "pipe"))
        self.reactor = reactor
    }

    /// Returns when the signal has come at least once since the last call.
    package borrowing func next() async throws {
        while try descriptor.readIfReady(atMost: 64) == nil {
            try await reactor.wait(descriptor.raw, for: .readable)
        }
    }
}
