internal import CPosix
internal import Model
internal import Posix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The router's side of its control socket: one thread that waits for a daemon, obeys it, and reports.
///
/// The newest daemon counts; while there is none, the loops go on with the table they have.
final class ControlServer: @unchecked Sendable {  // All but `shared` is touched by the thread that calls run().
    private struct Shared {
        var messages: [ControlMessage] = []
        var records: [[UInt8]] = []
        var recordBytes = 0
        var lostBytes: UInt64 = 0
        var isAskedToStop = false
        var hasEnded = false
    }

    private let path: String
    private let owner: UInt32
    private let socket: Descriptor
    private let settings: RouterSettings
    private let bell: Int32
    private let shared: SharedBox
    private let engine: Engine
    private var connection: ControlConnection?
    private var listeners: [RouterListener] = []
    private var tableVersion: UInt64 = 0
    private var wokenApps: Set<AppID> = []

    /// What the loops' threads reach: a box, because the engine's closures are made before this object is whole.
    private final class SharedBox: Sendable {
        let state = Mutex(Shared())
        let bell: Int32
        let recordLimit: Int

        init(bell: Int32, recordLimit: Int) {
            self.bell = bell
            self.recordLimit = recordLimit
        }

        func change(_ body: (inout Shared) -> Void) {
            state.withLock { body(&$0) }
            _ = cpx_ring(bell)
        }

        /// Keeps the newest records: what somebody looking at the log wants to see.
        func keep(_ block: [UInt8]) {
            change { shared in
                shared.records.append(block)
                shared.recordBytes += block.count
                while shared.recordBytes > recordLimit, shared.records.count > 1 {
                    let oldest = shared.records.removeFirst().count
                    shared.recordBytes -= oldest
                    shared.lostBytes += UInt64(oldest)
                }
            }
        }
    }

    /// - Parameters:
    ///   - socket: listens at `path`.
    ///   - owner: whose daemons are obeyed, besides root's.
    init(_ socket: consuming Descriptor, at path: String, owner: UInt32, settings: RouterSettings) throws(PosixError) {
        self.path = path
        self.owner = owner
        self.socket = socket
        self.settings = settings
        let bell = try posix(cpx_eventfd(), "eventfd")
        let shared = SharedBox(bell: bell, recordLimit: settings.recordLimit)
        self.bell = bell
        self.shared = shared
        engine = try Engine(
            settings, records: { shared.keep($0) },
            wake: { app in shared.change { $0.messages.append(.wake(app)) } },
            ended: { shared.change { $0.hasEnded = true } })
    }

    deinit { _ = Descriptor(owning: bell) }

    /// Finishes what is in flight, then lets ``run()`` return; from any thread.
    func stop() { shared.change { $0.isAskedToStop = true } }

    /// Serves daemons until the loops have ended.
    func run() {
        while true {
            var polls = [pollfd(fd: socket.raw, events: Int16(POLLIN), revents: 0)]
            polls.append(pollfd(fd: bell, events: Int16(POLLIN), revents: 0))
            if let connection {
                let events = connection.hasOutput ? POLLIN | POLLOUT : POLLIN
                polls.append(pollfd(fd: connection.descriptor.raw, events: Int16(events), revents: 0))
            }
            guard poll(&polls, nfds_t(polls.count), -1) > 0 else { continue }
            if polls[1].revents != 0, receiveFromLoops() { break }
            if polls.count > 2, polls[2].revents != 0 { receiveFromDaemon() }
            if polls[0].revents != 0 { acceptDaemon() }
            sendToDaemon()
        }
        sendToDaemon()
        connection?.finish(within: 1000)
        unlink(path)  // A router that is not the folder's owner any more leaves this to its daemon.
    }

    /// - Returns: whether the loops have ended.
    private func receiveFromLoops() -> Bool {
        _ = cpx_take_all(bell)
        let news = shared.state.withLock { state in
            defer { state.messages = [] }
            return (messages: state.messages, isAskedToStop: state.isAskedToStop, hasEnded: state.hasEnded)
        }
        if news.isAskedToStop { stopEngine() }
        for message in news.messages {
            // Each loop sees a sleeping app for itself; the daemon needs to hear of it once.
            if case .wake(let app) = message, !wokenApps.insert(app).inserted { continue }
            if case .reported = message { queueRecords() }
            connection?.queue(message.frame)
        }
        return news.hasEnded
    }

    private func stopEngine() {
        engine.stop()
        for listener in listeners { _ = Descriptor(owning: listener.descriptor) }
        listeners = []
    }

    private func acceptDaemon() {
        let accepted = cpx_accept(socket.raw)
        guard accepted >= 0 else { return }
        let descriptor = Descriptor(owning: accepted)
        guard let peer = try? UnixSocket.peer(of: descriptor), peer.userID == owner || peer.userID == 0 else {
            return  // A stranger, or already gone.
        }
        let hello = ControlMessage.hello(
            version: ControlMessage.version, processID: getpid(), tableVersion: tableVersion,
            listeners: listeners.map { .init($0) })
        do {
            try UnixSocket.send(hello.frame, descriptors: listeners.map(\.descriptor), over: descriptor)
        } catch { return }  // It left before it was greeted.
        connection = ControlConnection(descriptor)
        wokenApps = []
    }

    private func receiveFromDaemon() {
        guard let connection else { return }
        do {
            guard try connection.receive() else {
                self.connection = nil
                return
            }
            while let message = try connection.nextMessage() { try obey(message, connection) }
        } catch {
            RouterProgram.complain("the daemon's connection failed: \(error)")
            self.connection = nil
        }
    }

    private func obey(_ message: ControlMessage, _ connection: ControlConnection) throws {
        let shared = shared
        switch message {
        case .hello: break
        case .listen(let places):
            let descriptors = try connection.take(places.count)
            let new = zip(descriptors, places).map { RouterListener(descriptor: $0, $1) }
            listeners += new
            engine.listen(new)
        case .install(let token, let table):
            tableVersion = table.version
            wokenApps = []
            engine.install(table) { shared.change { $0.messages.append(.installed(token: token)) } }
        case .drain(let token, let dynos):
            engine.drain(dynos) { shared.change { $0.messages.append(.drained(token: token)) } }
        case .activity(let token, let dynos):
            engine.activity(of: dynos) { times in
                shared.change { $0.messages.append(.activityIs(token: token, times)) }
            }
        case .secure(let material): engine.secure(with: material)
        case .report(let token):
            engine.report { shared.change { $0.messages.append(.reported(token: token)) } }
        case .stop: stopEngine()
        case .installed, .drained, .records, .wake, .lost, .activityIs, .reported: throw ByteReader.Malformed()
        }
    }

    private func sendToDaemon() {
        guard let connection else { return }
        // What is handed to the connection is lost with it: no more than it takes soon.
        if connection.outputCount < 64 << 10 { queueRecords() }
        if !connection.send() { self.connection = nil }
    }

    private func queueRecords() {
        guard let connection else { return }
        let (records, lost) = shared.state.withLock { state in
            defer {
                state.records = []
                state.recordBytes = 0
                state.lostBytes = 0
            }
            return (state.records, state.lostBytes)
        }
        if lost > 0 { connection.queue(ControlMessage.lost(bytes: lost).frame) }
        for block in records { connection.queue(ControlMessage.records(block).frame) }
    }
}
