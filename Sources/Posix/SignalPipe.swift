internal import CPosix

/// A signal of this process as a descriptor that becomes readable when it comes.
package struct SignalPipe: ~Copyable {
    package let number: Int32
    private let descriptor: Descriptor

    /// From now on the signal does nothing by itself. One value for each signal, as long as the process lives.
    package init(_ number: Int32) throws(PosixError) {
        self.number = number
        descriptor = Descriptor(owning: try posix(cpx_signal_pipe(number), "pipe"))
    }

    /// For polling.
    package var raw: Int32 { descriptor.raw }

    /// Whether the signal has come since the last call.
    package borrowing func take() -> Bool {
        (try? descriptor.readIfReady(atMost: 64)) != nil  // A pipe of one's own is always readable.
    }
}
