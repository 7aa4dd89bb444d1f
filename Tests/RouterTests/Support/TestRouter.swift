import Model
import Posix
import Synchronization

@testable import Router

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A router inside the test: real loops on a real port, its access lines and wake-ups kept.
final class TestRouter: Sendable {
    let app = AppID()
    let port: UInt16
    /// Where connections begin with the PROXY protocol.
    let proxiedPort: UInt16
    private let proxied: RouterListener
    private let engine: Engine
    private let listener: RouterListener
    private let kept = Mutex<(lines: [String], wakes: [AppID], version: UInt64)>(([], [], 0))

    init(_ change: (inout RouterSettings) -> Void = { _ in }) throws {
        Signals.ignoreBrokenPipes()  // As the router's program does.
        var settings = RouterSettings(loops: 1)
        settings.grace = .milliseconds(200)
        settings.linger = .milliseconds(300)
        change(&settings)
        let box = Reports()
        engine = try Engine(settings, records: { box.add($0) }, wake: { box.add($0) })
        reports = box
        let socket = try TCPSocket.listen(address: "127.0.0.1", port: 0)
        port = try TCPSocket.localPort(of: socket)
        listener = RouterListener(descriptor: socket.release(), address: "127.0.0.1", port: port)
        let behind = try TCPSocket.listen(address: "127.0.0.1", port: 0)
        proxiedPort = try TCPSocket.localPort(of: behind)
        proxied = RouterListener(
            descriptor: behind.release(), address: "127.0.0.1", port: proxiedPort, expectsPreamble: true)
        engine.listen([listener, proxied])
    }

    private let reports: Reports

    deinit {
        engine.stop()
        close(listener.descriptor)
        close(proxied.descriptor)
    }

    /// Serves `x.localhost` in this way, and whatever else is given.
    func route(
        _ state: RoutingTable.State, keepsSessions: Bool = false, more: [String: RoutingTable.Route] = [:],
        aliases: [String: String] = [:], pages: RoutingTable.Pages = .init(), appNames: [String] = ["x"]
    ) async {
        let version = kept.withLock { kept in
            kept.version += 1
            return kept.version
        }
        var routes = more
        routes["x.localhost"] = .init(app: app, state: state, pages: pages, keepsSessions: keepsSessions)
        let table = RoutingTable(version: version, routes: routes, aliases: aliases, appNames: appNames)
        await withCheckedContinuation { done in engine.install(table) { done.resume() } }
    }

    func drain(_ dynos: [DynoID]) async {
        await withCheckedContinuation { done in engine.drain(dynos) { done.resume() } }
    }

    func activity(_ dynos: [DynoID]) async -> [UInt64] {
        await withCheckedContinuation { done in engine.activity(of: dynos) { done.resume(returning: $0) } }
    }

    func stop() { engine.stop() }

    /// Has the loop's thread do this, and nothing else meanwhile.
    func onLoop(_ body: @escaping @Sendable () -> Void) { engine.report(done: body) }

    func secure(with material: TLSMaterial) { engine.secure(with: material) }

    func connect(receiveBuffer: Int32? = nil) throws -> RawSocket {
        try RawSocket(port: port, receiveBuffer: receiveBuffer)
    }

    /// One request on a connection of its own, closed by the router.
    func exchange(_ request: String) throws -> String {
        let socket = try connect()
        socket.send(request)
        return socket.readAll()
    }

    func get(_ path: String = "/", host: String = "x.localhost", _ fields: String = "") throws -> String {
        try exchange("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(fields)\r\n")
    }

    /// The next access line, in the order they were written.
    func line() async -> String { await reports.nextLine() }
    func wake() async -> AppID? { await reports.nextWake() }
    /// Wake-ups so far.
    var wakeCount: Int { reports.wakeCount }
}

/// What the loops reported.
private final class Reports: Sendable {
    private let lines: AsyncStream<String>
    private let linesIn: AsyncStream<String>.Continuation
    private let wakes: AsyncStream<AppID>
    private let wakesIn: AsyncStream<AppID>.Continuation
    private let count = Atomic(0)

    init() {
        (lines, linesIn) = AsyncStream.makeStream()
        (wakes, wakesIn) = AsyncStream.makeStream()
    }

    func add(_ block: [UInt8]) {
        AccessRecords.read(block) { _, _, text in linesIn.yield(String(decoding: text, as: UTF8.self)) }
    }

    func add(_ app: AppID) {
        count.add(1, ordering: .relaxed)
        wakesIn.yield(app)
    }

    var wakeCount: Int { count.load(ordering: .relaxed) }

    func nextLine() async -> String {
        for await line in lines { return line }
        return ""
    }

    func nextWake() async -> AppID? {
        for await app in wakes { return app }
        return nil
    }
}
