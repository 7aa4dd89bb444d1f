/// How far a dyno is kept apart from the machine; see `paas doctor`. Source: the ladder in ARCHITECTURE.md.
package enum SandboxLevel: String, Sendable, CaseIterable, Comparable {
    /// Root on Linux: namespaces, overlay, a user id for each app.
    case l0 = "L0"
    /// An ordinary user with user namespaces: namespaces and overlay.
    case l1 = "L1"
    /// User and mount namespaces, but no process namespace (containers with a masked /proc).
    case l1b = "L1b"
    /// User namespaces without overlay: a copy, bound at /app.
    case l2 = "L2"
    /// No namespaces: a copy in a scratch folder, which is the dyno's HOME.
    case l3 = "L3"

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Whether the app's files stand at `/app`.
    package var hasAppFolder: Bool { self != .l3 }
}

/// Everything that is needed to start one dyno; a new incarnation has a new one.
package struct DynoSpec: Sendable {
    /// How a dyno's standard streams are connected.
    package enum Streams: Sendable, Equatable {
        /// Standard input is empty; output becomes log lines.
        case logged
        /// A client will attach: a pseudo-terminal of that size.
        case terminal(rows: Int, columns: Int)
        /// A client will attach: three pipes.
        case pipes
    }

    /// The folders of a build dyno: one writable tree at /app instead of a slug.
    package struct BuildFolders: Sendable, Equatable {
        /// Host path of the tree that is being built; stands at /app (L3: HOME).
        package var tree: String
        /// Host path of the app's build cache; stands at /cache (L3: as it is).
        package var cache: String
        /// Folders of finished layers laid read-only over /app: (host path, path below /app).
        package var overlays: [(source: String, below: String)]
        /// Further host folders the build may read, at the same path (a buildpack's own files).
        package var readable: [String]

        package init(
            tree: String, cache: String, overlays: [(source: String, below: String)] = [], readable: [String] = []
        ) {
            self.tree = tree
            self.cache = cache
            self.overlays = overlays
            self.readable = readable
        }

        package static func == (left: Self, right: Self) -> Bool {
            left.tree == right.tree && left.cache == right.cache && left.readable == right.readable
                && left.overlays.elementsEqual(right.overlays, by: ==)
        }
    }

    package enum Content: Sendable, Equatable {
        /// Host paths of the slug's layers, uppermost first.
        case slug(layers: [String])
        case build(BuildFolders)
    }

    package let id: DynoID
    package let app: AppID
    /// The app's ``App/ordinal``; 0 for what is the platform's own.
    package let appOrdinal: Int
    package let name: DynoName
    package let content: Content
    /// The shell line; run by `bash` after `.profile.d/*.sh` and `.profile`, except in a build.
    package let command: String
    /// Config vars and platform vars. The sandbox adds `HOME`, `PWD`, `PATH` if absent, and `PORT` if ``wantsPort``.
    package let environment: [String: String]
    /// Lease a port, set `PORT`, and report when the dyno listens on it.
    package let wantsPort: Bool
    package let streams: Streams
    package let size: DynoSize
    /// Writes what it uses into its log each 20 seconds (`log-runtime-metrics`).
    package let logsMetrics: Bool
    /// Whether it is bound when it listens on 127.0.0.1 or ::1 alone; on Heroku it would not be.
    package let acceptsLoopback: Bool
    /// What the conductor wants back when a new daemon adopts the dyno: release version, kind, and so on. No secrets.
    package let tags: [String: String]
    package let network: DynoNetwork
    /// Host folders that it may read, at the same path.
    package let readable: [String]

    package init(
        id: DynoID = DynoID(), app: AppID, appOrdinal: Int, name: DynoName, content: Content, command: String,
        environment: [String: String], wantsPort: Bool = false, streams: Streams = .logged, size: DynoSize = .basic,
        logsMetrics: Bool = false, acceptsLoopback: Bool = true, tags: [String: String] = [:],
        network: DynoNetwork = .shared, readable: [String] = []
    ) {
        self.id = id
        self.app = app
        self.appOrdinal = appOrdinal
        self.name = name
        self.content = content
        self.command = command
        self.environment = environment
        self.wantsPort = wantsPort
        self.streams = streams
        self.size = size
        self.logsMetrics = logsMetrics
        self.acceptsLoopback = acceptsLoopback
        self.tags = tags
        self.network = network
        self.readable = readable
    }

    /// The same once more, as another incarnation.
    package func again() -> DynoSpec {
        DynoSpec(
            app: app, appOrdinal: appOrdinal, name: name, content: content, command: command, environment: environment,
            wantsPort: wantsPort, streams: streams, size: size, acceptsLoopback: acceptsLoopback, tags: tags,
            readable: readable)
    }
}

extension AppID {
    /// Stands for the platform where a dyno is nobody's app's: servers of add-ons.
    package static var platform: AppID { AppID(words: (high: 0x4000, low: 1 << 63)) }
}

/// How a process went.
package enum Ending: Hashable, Sendable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    /// Nobody saw it: its shim was killed, or the machine lost power.
    case lost

    /// As a shell reports it: 128 + signal.
    package var status: Int32 {
        switch self {
        case .code(let code): code
        case .signal(let signal): 128 + signal
        case .lost: 137
        }
    }

    package var description: String { "status \(status)" }
}

/// What a dyno does, as its shim reports it.
package enum DynoEvent: Sendable, Equatable {
    /// The process runs (its `exec` succeeded).
    case launched
    /// The dyno's own process tree listens on its port.
    case bound(Endpoint)
    /// A finished line of output, or a part of 10,000 bytes of a longer one.
    ///
    /// - `position`: where the line ends in the dyno's output; what a daemon that comes back asks to go on from.
    case line(message: [UInt8], time: Timestamp, position: UInt64)
    /// Lines were dropped because the spool was full and nobody read.
    case dropped(bytes: UInt64)
    /// A remark of the sandbox for the app's log: `listens on 3000, not on $PORT (20117)`.
    case note(String)
    /// Somebody else listens on its port, so that it cannot.
    case portTaken(PortThief)
    /// What it had written below /app when it ended; comes right before ``ended(_:)``.
    case lost(LostFiles)
    case ended(Ending)
}
