import Posix

/// How the keeper hears that all shall end: from its owner through standard input, or by a signal of its own.
final class KeeperSignals {
    private let own: [OwnSignal]
    private let child: OwnSignal
    private var hasOwner = true

    init() throws {
        own = try [Signals.hangup, Signals.interrupt, Signals.quit, Signals.terminate].map(OwnSignal.init)
        child = try OwnSignal(Signals.childEnded)
    }

    var descriptors: [Int32] { own.map(\.raw) + [child.raw] + (hasOwner ? [0] : []) }

    /// - Returns: the signals that have come; SIGTERM when the owner has gone.
    func take(_ ready: Set<Int32>) -> [Int32] {
        // Only wakes the keeper, which looks for children that have ended anyway.
        _ = child.take()
        return own.filter { $0.take() }.map(\.number) + (ready.contains(0) && hasOwner ? fromOwner() : [])
    }

    private func fromOwner() -> [Int32] {
        let numbers = (try? StandardStream.read(0, atMost: 64)) ?? []  // What cannot be read is closed.
        guard numbers.isEmpty else { return numbers.map(Int32.init) }
        hasOwner = false
        return [Signals.terminate]
    }
}

/// A ``SignalPipe`` that can stand in a list.
private final class OwnSignal {
    private let pipe: SignalPipe

    init(_ number: Int32) throws { pipe = try SignalPipe(number) }

    var number: Int32 { pipe.number }
    var raw: Int32 { pipe.raw }
    func take() -> Bool { pipe.take() }
}
