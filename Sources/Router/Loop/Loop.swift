internal import CPosix
internal import HTTP
internal import HTTPSecure
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One thread that carries requests: it owns its descriptors, its connections and its copy of the table, and shares
/// nothing but the listeners.
///
/// Connections are structs behind pointers, linked by hand; nothing here is counted, locked or allocated for a request
/// that goes the usual way.
final class Loop {
    let settings: RouterSettings
    let inbox: LoopInbox
    let outlet: LoopOutlet
    let epoll: Int32

    /// Where bytes are read to. Room for new heads lies in front, and room for an unfinished head behind it.
    var scratch: UnsafeMutablePointer<UInt8>
    var spareScratch: [UnsafeMutablePointer<UInt8>] = []
    static let headroom = 16 << 10
    static let readSize = 256 << 10
    /// With the head of a request; what is more stays in the socket until the dyno takes it.
    static let headReadSize = 64 << 10
    /// With the head of a response; what is more of a large body may not have to be copied.
    static let answerReadSize = 32 << 10
    static let scratchSize = headroom + (512 << 10) + readSize

    /// Where a response's new head is made before it is put in front of its body.
    let headOut: UnsafeMutablePointer<UInt8>
    let slots: UnsafeMutablePointer<FieldSlot>
    let request: UnsafeMutablePointer<ParsedRequest>
    let response: UnsafeMutablePointer<ParsedResponse>
    /// A host in lower case, without port.
    let hostName: UnsafeMutablePointer<UInt8>
    let timers: UnsafeMutablePointer<TimerQueue>

    var table: CompiledTable
    /// What the table was made of, so that requests can be seen again after a change.
    var backends: [DynoID: UnsafeMutablePointer<Backend>] = [:]
    var delisted: Set<UnsafeMutablePointer<Backend>> = []
    var drainWatches: [DrainWatch] = []

    var carriers: Set<UnsafeMutablePointer<Client>> = []
    /// Clients of HTTP/2 whose pending bytes have all been taken into frames.
    var drained: [UnsafeMutablePointer<Client>] = []
    let laneSlots: UnsafeMutablePointer<FieldSlot>
    /// `nil` until the control side has brought the authority.
    var tls: TLSServer?
    /// What `tls` was made of.
    var tlsMaterial: TLSMaterial?

    var listeners: [UnsafeMutablePointer<Listener>] = []
    /// Where to listen once there is a table: a request must not be told that its app does not exist.
    var places: [ListenerPlace] = []
    var hasTable = false
    var hasPausedAccepting = false
    var acceptAgainAt: UInt64 = 0

    var firstQueued: UnsafeMutablePointer<Handle>?
    var lastQueued: UnsafeMutablePointer<Handle>?
    var graveyard: [UnsafeMutablePointer<Handle>] = []
    var freeExchanges: [UnsafeMutablePointer<Exchange>] = []
    var freePipes: [UnsafeMutablePointer<Pipe>] = []
    /// Those in use, too.
    var pipeCount = 0

    var clientCount = 0
    var heldCount = 0
    var isStopping = false
    var stopAt: UInt64 = .max

    /// Monotonic milliseconds, read once a round.
    var now: UInt64 = 0
    /// Microseconds since 1970, read once a round.
    var wallTime: Int64 = 0
    var serial: UInt64 = 0
    var random: LoopRandom

    var records: AccessRecords

    /// - Throws: ``PosixError`` when the kernel has no more epoll descriptors.
    init(_ settings: RouterSettings, inbox: LoopInbox, outlet: LoopOutlet) throws(PosixError) {
        self.settings = settings
        self.inbox = inbox
        self.outlet = outlet
        epoll = try posix(cpx_epoll_create(), "epoll_create1")
        scratch = .allocate(capacity: Self.scratchSize)
        headOut = .allocate(capacity: Self.scratchSize)
        slots = .allocate(capacity: HeadLimits.request.fieldCount)
        laneSlots = .allocate(capacity: HeadLimits.response.fieldCount)
        request = .allocate(capacity: 1)
        request.initialize(to: ParsedRequest())
        response = .allocate(capacity: 1)
        response.initialize(to: ParsedResponse())
        hostName = .allocate(capacity: HeadLimits.request.fieldLine)
        timers = .allocate(capacity: TimerQueue.Name.allCases.count)
        let empty = RoutingTable(version: 0)
        table = CompiledTable(empty, names: HostNames(empty)) { _ in nil }
        random = LoopRandom()
        records = AccessRecords()
        for name in TimerQueue.Name.allCases {
            (timers + Int(name.rawValue)).initialize(to: TimerQueue(duration: Self.duration(of: name, settings)))
        }
        inbox.register(with: epoll)
    }

    private static func duration(of name: TimerQueue.Name, _ settings: RouterSettings) -> UInt64 {
        switch name {
        case .none: 0
        case .idleClient: settings.clientIdle.milliseconds
        case .connect: settings.connect.milliseconds
        case .firstByte: settings.firstByte.milliseconds
        case .silence: settings.silence.milliseconds
        case .held: settings.held.milliseconds
        case .idleUpstream: settings.upstreamIdle.milliseconds
        case .linger: settings.linger.milliseconds
        }
    }

    /// Runs until it is told to stop and the last request is done.
    func run() {
        let ready = UnsafeMutablePointer<cpx_ready>.allocate(capacity: 512)
        defer { ready.deallocate() }
        readClock()
        while !(isStopping && (clientCount == 0 || now >= stopAt)) {
            let count = cpx_loop_wait(epoll, ready, 512, timeout())
            readClock()
            if count > 0 {
                for index in 0..<Int(count) { receive(ready[index]) }
            }
            runQueued()
            expireTimers()
            if hasPausedAccepting, now >= acceptAgainAt { resumeAccepting() }
            if records.isDue(now) { records.hand(to: outlet, now: now) }
            if !graveyard.isEmpty { bury() }
        }
        logCutOff()
        records.hand(to: outlet, now: now)
        for pipe in freePipes { Pipe.free(pipe) }
        Glibc.close(epoll)
    }

    /// Requests that were not done when time was up end with the process.
    private func logCutOff() {
        for name in TimerQueue.Name.allCases where name != .none {
            var next = timers[Int(name.rawValue)].first
            while let handle = next {
                next = handle.pointee.next
                guard handle.pointee.kind == .exchange else { continue }
                log(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: Exchange.self), fault: .forcedClose)
            }
        }
    }

    @inline(__always)
    func readClock() {
        now = cpx_monotonic_ns() / 1_000_000
        wallTime = cpx_realtime_us()
    }

    private func receive(_ ready: cpx_ready) {
        guard let pointer = ready.pointer else { return }
        let handle = pointer.assumingMemoryBound(to: Handle.self)
        let events = Int32(bitPattern: ready.events)
        if events & CPX_LOOP_IN != 0 { handle.pointee.isReadable = true }
        if events & CPX_LOOP_OUT != 0 {
            handle.pointee.isWritable = true
            if handle.pointee.readsWhenWritable {
                handle.pointee.readsWhenWritable = false
                handle.pointee.isReadable = true
            }
        }
        if events & CPX_LOOP_CLOSED != 0 {
            handle.pointee.hasPeerClosed = true
            handle.pointee.isReadable = true
        }
        if events & CPX_LOOP_BROKEN != 0 { handle.pointee.isBroken = true }
        advance(handle)
    }

    @inline(__always)
    func advance(_ handle: UnsafeMutablePointer<Handle>) {
        switch handle.pointee.kind {
        case .client: advance(client: UnsafeMutableRawPointer(handle).assumingMemoryBound(to: Client.self))
        case .upstream: advance(upstream: UnsafeMutableRawPointer(handle).assumingMemoryBound(to: Upstream.self))
        case .listener: accept(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: Listener.self))
        case .inbox: receiveCommands()
        case .dead, .exchange: break
        }
    }

    /// Has `handle` looked at again after this batch: it has used up its turn, or must not go deeper into the stack.
    @inline(__always)
    func queue(_ handle: UnsafeMutablePointer<Handle>) {
        if handle.pointee.isQueued { return }
        handle.pointee.isQueued = true
        handle.pointee.nextQueued = nil
        if let lastQueued { lastQueued.pointee.nextQueued = handle } else { firstQueued = handle }
        lastQueued = handle
    }

    private func runQueued() {
        guard var handle = firstQueued else { return }
        firstQueued = nil
        lastQueued = nil
        while true {
            let next = handle.pointee.nextQueued
            handle.pointee.isQueued = false
            advance(handle)
            guard let next else { return }
            handle = next
        }
    }

    /// The time until something is due, in milliseconds; -1 when nothing is.
    private func timeout() -> Int32 {
        if firstQueued != nil { return 0 }
        var earliest = records.dueAt
        if hasPausedAccepting { earliest = min(earliest, acceptAgainAt) }
        if isStopping { earliest = min(earliest, stopAt) }
        for index in 1..<TimerQueue.Name.allCases.count {
            if let first = timers[index].first { earliest = min(earliest, first.pointee.deadline) }
        }
        if earliest == .max { return -1 }
        return earliest <= now ? 0 : Int32(truncatingIfNeeded: min(earliest &- now, 60_000))
    }

    /// Frees what was closed in this round. A handle that is queued waits one round more.
    private func bury() {
        var kept: [UnsafeMutablePointer<Handle>] = []
        for handle in graveyard {
            if handle.pointee.isQueued { kept.append(handle) } else { handle.deallocate() }
        }
        graveyard = kept
    }
}
