internal import APISchema
internal import APIServer
internal import Addons
internal import Buildpacks
internal import Dyno
internal import Git
internal import HTTP
internal import Logs
internal import Model
internal import Platform
internal import Posix
internal import Router
internal import Slugs
internal import Store

/// Wires the rooms and runs them; decides nothing.
struct Daemon {
    private let home: Home
    private let lock: LockBox
    private let reactor: Reactor
    private let store: Store
    private let logs: LogBook
    private let router: RouterControl
    private let servers: ServerKeeper
    /// Whom the router becomes when root starts it.
    private let routerUser: UInt32?
    private let post: MailPost
    private let platform: Platform
    private let api: APIServer
    private let ending: Ending

    /// Takes the home, opens what is in it, and starts or adopts the router.
    init(_ options: DaemonOptions) async throws {
        let home = Home(path: options.home)
        try home.make()
        Journal.keep(in: home.diary)
        guard let lock = try await Self.take(home.lock) else { throw DaemonError.alreadyRunning(home: options.home) }
        let reactor = try Reactor()
        let pool = BlockingPool()
        let programs = try Programs()
        let environment = Environment.all

        let store = try Store(path: home.database)
        let logs = LogBook(folder: home.logs)
        let dynos = DynoHost(
            try .init(home: home, programs: programs, environment: environment), reactor: reactor, pool: pool)
        let routerUser = await Self.routerUser(dynos)
        let router = RouterControl(
            controlSocket: home.routerSocket, program: programs.router, logFile: home.routerLog, user: routerUser,
            reactor: reactor)
        var tls = try AuthorityFolder(path: home.tls).load()
        // A router that lives has to go on showing them.
        tls.certificates = try await Platform.certificates(in: store)
        let listeners = try await Self.startRouter(router, store: store, options: options)
        let port = listeners.first?.port ?? 0
        await router.secure(with: tls)

        let runtime = Runtime(dynos)
        let servers = ServerKeeper(runtime: runtime, time: .system)
        let searchPath = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let postgres = Postgres(folder: home.addons, searchPath: searchPath, servers: servers.seam, pool: pool)
        let redis = Redis(folder: home.addons, searchPath: searchPath, servers: servers.seam, pool: pool)
        let memcached = Memcached(folder: home.addons, searchPath: searchPath, servers: servers.seam, pool: pool)
        let mariaDB = MariaDB(folder: home.addons, searchPath: searchPath, servers: servers.seam, pool: pool)
        let rabbitMQ = RabbitMQ(folder: home.addons, searchPath: searchPath, servers: servers.seam, pool: pool)
        let post = MailPost(folder: home.addons, reactor: reactor, pool: pool)
        let search = SearchService.all(
            .init(
                folder: home.addons, program: programs.search, environment: environment, servers: servers.seam,
                pool: pool, reactor: reactor))
        let client = WebClient(reactor: reactor, pool: pool, limit: .partnerLimit(from: environment))
        let machines = Machines(
            store: store, git: GitStore(folder: home.git), layers: LayerStore(folder: home.slugs), logs: logs,
            runtime: runtime, routing: Routing(router), time: .system, blocking: Blocking(pool),
            files: .system,
            addons: AddonCatalogue(
                [Scheduler(), memcached, rabbitMQ] + mariaDB.services + search, postgres: postgres, redis: redis,
                mail: Mail(post), partners: Partners(client: client)),
            servers: servers)
        var settings = Settings(
            home: home.path, port: port, apiEndpoint: .unix(path: home.routedSocket), cli: programs.cli,
            searchPath: searchPath,
            ownerHome: environment["HOME"] ?? "/",
            buildPassthrough: BuildEnvironment.passthrough(from: environment))
        settings.readOverrides(from: environment)
        let platform = Platform(machines, settings: settings)
        let ending = Ending(reconciler: platform.reconciler, servers: servers, router: router, logs: logs) {
            try? FileTree.remove(home.apiSocket)  // It is removed once more at the end.
        }

        self.home = home
        self.lock = LockBox(lock)
        self.reactor = reactor
        self.store = store
        self.logs = logs
        self.router = router
        self.servers = servers
        self.routerUser = routerUser
        self.post = post
        self.platform = platform
        self.ending = ending
        api = APIServer(
            platform,
            daemon: .init(
                version: PlatformVersion.current.description, processID: Environment.processID,
                userID: Environment.userID, home: home.path,
                port: port, addresses: listeners.filter { $0.port == port }.map(\.address),
                routerProcessID: { await router.processID() }, routerUserID: { await router.userID() },
                shutDown: { await ending.begin(keepingDynos: $0) }))
    }

    /// Where there is no user to be had, the router stays root: `paas doctor` says so.
    private static func routerUser(_ dynos: DynoHost) async -> UInt32? {
        do { return try await dynos.routerUser() } catch {
            Journal.note(.error, "router.user", ["error": "\(error)"])
            return nil
        }
    }

    /// Whoever looks whether a daemon lives here holds the lock for a moment.
    private static func take(_ path: String) async throws -> FileLock? {
        for _ in 0..<10 {
            if let lock = try FileLock.take(path) { return lock }
            try await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }

    /// The ports that were asked for now, else those of last time, else the first that is free.
    private static func startRouter(
        _ router: RouterControl, store: Store, options: DaemonOptions
    ) async throws -> [RouterListener] {
        let (port, proxyPort) = try await store.read {
            (
                try $0.setting("router.port").flatMap { UInt16($0) },
                try $0.setting("router.proxyPort").flatMap { UInt16($0) }
            )
        }
        let listeners = try await router.start {
            var listeners = try open(options.port, remembered: port)
            if listeners.first?.port == 80 { listeners += RouterListeners.openSecure() }
            if let chosen = options.proxyPort ?? proxyPort, chosen > 0 {
                do { listeners += try RouterListeners.openProxied(port: chosen) } catch {
                    guard options.proxyPort == nil else {
                        for listener in listeners { _ = Descriptor(owning: listener.descriptor) }
                        throw error
                    }
                    // Taken by somebody else meanwhile: no reason for the platform not to start.
                    Journal.note(.error, "router.proxyPort", ["port": "\(chosen)", "error": "\(error)"])
                }
            }
            return listeners
        }
        do {
            if let chosen = listeners.first?.port {
                let proxyPort = options.proxyPort
                try await store.write {
                    try $0.set("router.port", to: "\(chosen)")
                    if let proxyPort { try $0.set("router.proxyPort", to: "\(proxyPort)") }
                }
            }
            return listeners
        } catch {
            await router.abandon()
            throw error
        }
    }

    private static func open(_ port: UInt16?, remembered: UInt16?) throws -> [RouterListener] {
        if let port { return try RouterListeners.open(preferred: port) }
        if let remembered {
            // Taken by somebody else meanwhile: another one is chosen, and remembered.
            if let again = try? RouterListeners.open(preferred: remembered) { return again }
        }
        return try RouterListeners.open(preferred: nil)
    }

    /// Serves until `paas down` or a signal ends it.
    func run(until signals: AsyncStream<Int32>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await platform.reconciler.run() }
            group.addTask { await servers.watch() }
            group.addTask { await platform.keepTime() }
            group.addTask { await post.serve(office) }
            group.addTask { await keepRouterEvents() }
            group.addTask { await watchHome() }
            group.addTask {
                for await signal in signals where signal != Signals.hangup {
                    Journal.note(.info, "daemon.signal", ["signal": "\(signal)"])
                    return await ending.begin(keepingDynos: false)
                }
            }
            group.addTask {
                do { try await serve() } catch {
                    Journal.fatal(error)
                    await router.abandon()
                    Environment.exit(1)
                }
            }
            await ending.wait()
            group.cancelAll()
        }
        await logs.flush()
        await store.close()
        for path in [home.apiSocket, home.routedSocket, home.record, home.builds] {
            try? FileTree.remove(path)  // What cannot be removed is replaced at the next start.
        }
        Journal.note(.info, "daemon.stopped")
    }

    /// Where mail goes that comes in.
    private var office: MailPost.Office {
        let (platform, api) = (platform, api)
        return .init(
            authenticate: { await platform.mailAccount(user: $0, password: $1) },
            deliver: { await platform.keep($1, of: $0) },
            answer: { connection in
                await HTTPServer { await api.serveWorld($0, $1, $2) }.serve(connection)
            })
    }

    private func serve() async throws {
        try await platform.start()
        let owner = AsyncListener(try UnixSocket.listen(at: home.apiSocket), reactor: reactor)
        let routed = AsyncListener(try UnixSocket.listen(at: home.routedSocket), reactor: reactor)
        if let routerUser { try FileTree.share(home.routedSocket, with: routerUser) }
        let record =
            #"{"pid":\#(Environment.processID),"port":\#(platform.settings.port),"version":"\#(PlatformVersion.current.description)"}"#
        try FileTree.write(Array((record + "\n").utf8), to: home.record)
        Journal.note(
            .info, "daemon.started",
            ["home": home.path, "port": "\(platform.settings.port)", "version": PlatformVersion.current.description])
        let api = api
        async let ownerServer: Void = HTTPServer { await api.serveOwner($0, $1, $2) }.serve(owner)
        async let routedServer: Void = HTTPServer { await api.serveRouted($0, $1, $2) }.serve(routed)
        do { _ = try await (ownerServer, routedServer) } catch is CancellationError {
            return  // The daemon is stopping.
        }
    }

    /// Ends everything when the home is deleted: no command could find this daemon any more.
    private func watchHome() async {
        while (try? await Task.sleep(for: .seconds(2))) != nil {  // Cancelled: the daemon is stopping.
            guard !lock.isAt(home.lock) else { continue }
            Journal.note(.error, "home.gone", ["home": home.path])
            return await ending.begin(keepingDynos: false)
        }
    }

    private func keepRouterEvents() async {
        for await event in router.events {
            switch event {
            case .access(let app, let lines): await logs.append(lines, to: app, origin: nil)
            case .caughtUp(let token): await router.caughtUp(token)
            case .wake(let app):
                Journal.note(.info, "app.wake", ["app": "\(app)"])
                platform.reconciler.requestWaits(for: app)
            }
        }
    }
}

/// Holds the home's lock as long as the daemon lives.
private final class LockBox: Sendable {
    private let lock: FileLock
    init(_ lock: consuming FileLock) { self.lock = lock }

    func isAt(_ path: String) -> Bool { lock.isAt(path) }
}
