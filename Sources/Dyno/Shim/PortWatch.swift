internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Finds out when a dyno answers on its port: a socket in the kernel's list that a process of the dyno's own tree
/// holds, and that somebody accepts from.
///
/// Where one process alone can answer, it listens and sleeps when it is ready, and nobody connects to try: a server with
/// one slot would waste it. Where a process has left the answering to others (workers that still load the app, a
/// reloader's child), a connection is made, and they are ready when it is accepted.
struct PortWatch {
    enum Finding: Equatable {
        case bound(address: String)
        /// Something to tell: what the dyno does instead.
        case note(String)
        /// Somebody who is not of the dyno listens there.
        case taken(Listener)
    }

    private enum State {
        case waiting
        /// The dyno's own socket listens, and nobody has answered yet.
        case listening(since: UInt64, on: Set<UInt32>)
        case bound(to: Set<UInt32>, misses: Int)
    }

    let port: UInt16
    /// A process in the network to look at, when that is not this program's own.
    private let network: Int32?
    /// Where others reach what listens on all addresses.
    private let outside: [String]
    /// Whether listening on 127.0.0.1 or ::1 alone counts; for Heroku it does not.
    let acceptsLoopback: Bool
    private let startedAt: UInt64
    private(set) var nextLook: UInt64
    private var state = State.waiting
    private var nextRemarkLook: UInt64
    private var remarksLeft = 8
    private var lastRemark = ""
    private var hasSeenStranger = false
    private var hasToldStranger = false
    private var trial: ConnectionTrial?

    private static let second: UInt64 = 1_000_000_000
    /// A process that is busy that long after it began to listen is asked by a connection, too.
    private static let busyLimit: UInt64 = 250_000_000

    init(
        port: UInt16, acceptsLoopback: Bool = true, now: UInt64, network: Int32? = nil, outside: [String] = []
    ) {
        self.port = port
        self.acceptsLoopback = acceptsLoopback
        self.network = network
        self.outside = outside
        startedAt = now
        nextLook = now + 2_000_000
        nextRemarkLook = now + 3 * Self.second
    }

    /// - Parameter sockets: the dyno's, asked for only when somebody listens.
    mutating func look(now: UInt64, sockets: () -> DynoSockets) -> [Finding] {
        let listeners = network.map { Listener.fromTables("/proc/\($0)/net") } ?? Listener.all()
        let here = listeners.filter { $0.port == port }
        if case .bound(let inodes, let misses) = state {
            return watchOver(here, inodes, misses, now: now, sockets: sockets)
        }
        nextLook = now + interval(now - startedAt)
        let isRemarkDue = now >= nextRemarkLook
        guard !here.isEmpty || isRemarkDue else {
            stopTrying()
            return []
        }
        // While its connection waits, nothing has changed, and the dyno's processes need no look.
        if !isRemarkDue, stillWaits(here) { return [] }
        let dyno = sockets()
        let own = dyno.own(here)
        let reachable = acceptsLoopback ? own : own.filter { !$0.isLoopback }
        if reachable.isEmpty {
            stopTrying()
            // Somebody else is there, perhaps for long.
            nextLook = now + 20_000_000
        } else if answers(reachable, dyno, now: now, again: sockets) {
            trial = nil
            state = .bound(to: Set(own.map(\.inode)), misses: 0)
            nextLook = now + 5 * Self.second
            return [.bound(address: address(of: reachable, among: here))] + placeNotes(own)
        }
        guard isRemarkDue else { return [] }
        nextRemarkLook = now + Self.second
        return remarks(own: own, here: here, all: listeners, dyno, now: now)
    }

    // MARK: Ready

    private mutating func stopTrying() {
        state = .waiting
        trial = nil
    }

    private func stillWaits(_ here: [Listener]) -> Bool {
        guard case .listening(_, let inodes) = state, case .made? = trial?.outcome else { return false }
        let own = here.filter { inodes.contains($0.inode) }
        return own.count == inodes.count && own.contains { $0.queued > 0 }
    }

    private mutating func answers(
        _ own: [Listener], _ dyno: DynoSockets, now: UInt64, again: () -> DynoSockets
    ) -> Bool {
        // In a network of its own nobody from here could connect to try.
        guard network == nil else { return true }
        var since = now
        if case .listening(let earlier, _) = state { since = earlier }
        state = .listening(since: since, on: Set(own.map(\.inode)))
        if trial == nil, now - since < Self.busyLimit, let only = dyno.soleHolder(of: own) {
            // Looked at once more after that: a server that has just made its children sleeps as well.
            return ProcessTree.isAsleep(only) && again().soleHolder(of: own) == only
        }
        switch trial?.outcome {
        // What waits in the queue, this connection included, was counted after it had been made.
        case .made?: return own.allSatisfy { $0.queued == 0 }
        case .pending?: return false
        case .refused?, nil:
            trial = ConnectionTrial(to: address(of: own, among: own), port: port)
            return false
        }
    }

    /// Where the router reaches the dyno.
    private func address(of own: [Listener], among here: [Listener]) -> String {
        let strangersSpeakIPv4 = here.contains { !$0.isIPv6 && !own.contains($0) }
        // The router speaks IPv4 first; one that listens on IPv6 alone, or beside a stranger, is met there.
        if own.contains(where: { $0.isEverywhere && (!$0.isIPv6 || !$0.isIPv6Only && !strangersSpeakIPv4) }) {
            return "127.0.0.1"
        }
        if let plain = own.first(where: { !$0.isIPv6 }) { return plain.addressText }
        if own.contains(where: \.isEverywhere) { return "::1" }
        return own.first?.addressText ?? "127.0.0.1"
    }

    private func placeNotes(_ own: [Listener]) -> [Finding] {
        if let note = loopbackNote(own) { return [note] }
        guard !outside.isEmpty else { return [] }
        let places = outside.map { $0.contains(":") ? "[\($0)]:\(port)" : "\($0):\(port)" }
        return [
            .note("listens on every address of this machine: others may reach it at \(places.joined(separator: ", "))")
        ]
    }

    private func loopbackNote(_ own: [Listener]) -> Finding? {
        guard !own.isEmpty, own.allSatisfy(\.isLoopback) else { return nil }
        let place = own.first { !$0.isIPv6 }?.addressText ?? "::1"
        guard acceptsLoopback else {
            return .note(
                "listens on \(place) only, which the feature strict does not take for bound: use 0.0.0.0:$PORT")
        }
        return .note("listens on \(place) only; Heroku wants 0.0.0.0:$PORT")
    }

    // MARK: Not ready

    private mutating func remarks(
        own: [Listener], here: [Listener], all: [Listener], _ dyno: DynoSockets, now: UInt64
    ) -> [Finding] {
        let strangers = here.filter { !own.contains($0) }
        defer { hasSeenStranger = !strangers.isEmpty }
        if own.isEmpty {
            let ports = Set(dyno.own(all).map(\.port)).sorted()
            if !ports.isEmpty {
                return remark("listens on \(Self.list(ports.map(String.init))), not on $PORT (\(port))")
            }
            // Twice, since a process that has just come or gone may be missed in the tree.
            if let stranger = strangers.first, hasSeenStranger {
                guard !hasToldStranger else { return [] }
                hasToldStranger = true
                return [.taken(stranger)]
            }
            let paths = Set(UnixListener.all().filter { dyno.holders[$0.inode] != nil }.map(\.path)).sorted()
            guard !paths.isEmpty else { return [] }
            return remark("listens on the Unix socket \(Self.list(paths)), not on $PORT (\(port))")
        }
        if case .note(let text)? = loopbackNote(own), !acceptsLoopback { return remark(text) }
        guard case .listening(let since, _) = state, now - since >= 5 * Self.second else { return [] }
        return remark("listens on $PORT (\(port)), but takes no connections yet")
    }

    private mutating func remark(_ text: String) -> [Finding] {
        guard text != lastRemark, remarksLeft > 0 else { return [] }
        lastRemark = text
        remarksLeft -= 1
        return [.note(text)]
    }

    private static func list(_ words: [String]) -> String {
        let shown = words.prefix(3).joined(separator: ", ")
        return words.count > 3 ? "\(shown) and \(words.count - 3) more" : shown
    }

    // MARK: Bound

    /// A dyno that stops listening stays up, as on Heroku; but it is said.
    private mutating func watchOver(
        _ here: [Listener], _ inodes: Set<UInt32>, _ misses: Int, now: UInt64, sockets: () -> DynoSockets
    ) -> [Finding] {
        nextLook = now + 5 * Self.second
        var inodes = inodes
        var isThere = here.contains { inodes.contains($0.inode) }
        if !isThere, !here.isEmpty {
            // A socket that was closed and made anew.
            inodes = Set(sockets().own(here).map(\.inode))
            isThere = !inodes.isEmpty
        }
        if isThere {
            state = .bound(to: inodes, misses: 0)
            return misses > 1 ? remark("listens on $PORT (\(port)) again") : []
        }
        state = .bound(to: inodes, misses: misses + 1)
        if misses == 0 { nextLook = now + Self.second }
        return misses == 1 ? remark("listens no longer on $PORT (\(port))") : []
    }

    /// Often at first, when every millisecond of a deploy counts.
    private func interval(_ elapsed: UInt64) -> UInt64 {
        switch elapsed {
        case ..<2_000_000_000: 2_000_000
        case ..<10_000_000_000: 5_000_000
        default: 20_000_000
        }
    }
}

/// A connection that says nothing: it only wants to be accepted.
private final class ConnectionTrial {
    private let socket: Descriptor

    /// - Returns: `nil` when there is nobody.
    init?(to address: String, port: UInt16) {
        let isIPv6 = address.contains(":") ? Int32(1) : 0
        socket = Descriptor(owning: cpx_tcp_socket(isIPv6))
        guard socket.raw >= 0, cpx_connect_tcp(socket.raw, address, port, isIPv6) == 0 || errno == EINPROGRESS else {
            return nil
        }
    }

    enum Outcome { case pending, made, refused }

    var outcome: Outcome {
        var one = pollfd(fd: socket.raw, events: Int16(POLLOUT), revents: 0)
        guard poll(&one, 1, 0) == 1 else { return .pending }
        return one.revents & Int16(POLLERR | POLLHUP) == 0 ? .made : .refused
    }
}
