internal import CPosix
internal import Model
internal import Posix
internal import Synchronization

/// What the control side tells a loop.
enum LoopCommand: Sendable {
    case listen([ListenerPlace])
    /// The names are the table's, which comes without its aliases.
    case install(RoutingTable, HostNames, done: @Sendable () -> Void)
    /// Calls `done` once none of the dynos has a request on this loop.
    case drain([DynoID], done: @Sendable () -> Void)
    /// Answers with the milliseconds that each dyno has been without a request on this loop: 0 while it has one,
    /// `.max` when the loop does not know it.
    case activity([DynoID], answer: @Sendable ([UInt64]) -> Void)
    /// Hands over the records that there are.
    case report(done: @Sendable () -> Void)
    /// Speaks TLS with this from now on.
    case secure(TLSMaterial)
    /// Takes no more connections and ends with the last request.
    case stop
}

/// A listener that loops share; the control side owns the descriptor.
struct ListenerPlace: Sendable {
    let descriptor: Int32
    let port: UInt16
    /// As ``RouterListener/expectsPreamble`` says.
    var expectsPreamble = false
}

/// The door into a loop's thread: commands, and a bell that wakes it.
final class LoopInbox: @unchecked Sendable {  // The handle is touched by the loop's thread alone.
    private let waiting = Mutex<[LoopCommand]>([])
    private let bell: Int32
    private let handle: UnsafeMutablePointer<Handle>

    init() throws(PosixError) {
        bell = try posix(cpx_eventfd(), "eventfd")
        handle = .allocate(capacity: 1)
        handle.initialize(to: Handle(.inbox, descriptor: bell))
    }

    deinit {
        _ = Descriptor(owning: bell)
        handle.deallocate()
    }

    func register(with epoll: Int32) { _ = cpx_loop_add(epoll, bell, handle) }

    func post(_ command: LoopCommand) {
        waiting.withLock { $0.append(command) }
        _ = cpx_ring(bell)
    }

    func takeAll() -> [LoopCommand] {
        _ = cpx_take_all(bell)
        return waiting.withLock { commands in
            defer { commands = [] }
            return commands
        }
    }
}

/// The way out of a loop: blocks of access records and apps to wake, for the control side.
struct LoopOutlet: Sendable {
    /// Takes a block of records as ``AccessRecords`` writes them.
    let records: @Sendable ([UInt8]) -> Void
    let wake: @Sendable (AppID) -> Void
}

/// Somebody who waits for dynos to be free of requests.
struct DrainWatch {
    let dynos: Set<DynoID>
    let done: @Sendable () -> Void
}
