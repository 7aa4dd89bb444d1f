internal import CPosix
internal import Posix

/// Which ports of a range dynos of this daemon have.
struct PortLeases: Sendable {
    private let range: ClosedRange<UInt16>
    private var leased: Set<UInt16> = []
    private var next: UInt16

    init(_ range: ClosedRange<UInt16>) {
        self.range = range
        // Two daemons side by side should seldom want the same.
        next = UInt16.random(in: range)
    }

    /// A port that nobody listens on; `nil` when there is none.
    mutating func lease() -> UInt16? {
        let taken = Set(Listener.all().map(\.port))
        for _ in range {
            let port = next
            next = port == range.upperBound ? range.lowerBound : port + 1
            if leased.contains(port) || taken.contains(port) || !isFree(port) { continue }
            leased.insert(port)
            return port
        }
        return nil
    }

    /// A dyno that an earlier daemon started has it.
    mutating func keep(_ port: UInt16) { leased.insert(port) }

    mutating func free(_ port: UInt16) { leased.remove(port) }

    /// Whether it can be bound at this moment: it may be the near end of some connection, too.
    private func isFree(_ port: UInt16) -> Bool { (try? TCPSocket.listen(address: "0.0.0.0", port: port)) != nil }
}
