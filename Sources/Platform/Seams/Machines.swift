package import Addons
package import Git
package import Logs
package import Slugs
package import Store

/// The machines that the conductor plays; `paasd` builds the live ones.
package struct Machines: Sendable {
    package let store: Store
    package let git: GitStore
    package let layers: LayerStore
    package let logs: LogBook
    package let runtime: Runtime
    package let routing: Routing
    package let time: Time
    /// Runs what blocks (libgit2, file trees) away from the tasks' own threads.
    package let blocking: Blocking
    package let files: Files
    package let addons: AddonCatalogue
    /// Runs what ``addons`` need.
    package let servers: ServerKeeper

    package init(
        store: Store, git: GitStore, layers: LayerStore, logs: LogBook, runtime: Runtime, routing: Routing,
        time: Time, blocking: Blocking, files: Files, addons: AddonCatalogue, servers: ServerKeeper
    ) {
        self.store = store
        self.git = git
        self.layers = layers
        self.logs = logs
        self.runtime = runtime
        self.routing = routing
        self.time = time
        self.blocking = blocking
        self.files = files
        self.addons = addons
        self.servers = servers
    }
}

/// A place where calls may block.
package struct Blocking: Sendable {
    private let runJob: @Sendable (@escaping @Sendable () -> Void) async -> Void

    /// - Parameter runJob: runs the job to its end on a thread that may block.
    package init(_ runJob: @escaping @Sendable (@escaping @Sendable () -> Void) async -> Void) {
        self.runJob = runJob
    }

    func callAsFunction<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let box = Box<Value>()
        await runJob { box.result = Result { try body() } }
        guard let result = box.result else { throw CancellationError() }
        return try result.get()
    }

    /// Written by the job, read after it: the two never meet.
    private final class Box<Value: Sendable>: @unchecked Sendable {
        var result: Result<Value, any Error>?
    }
}

/// The little that the conductor does with folders itself: a build's tree is made before any machine owns it.
package struct Files: Sendable {
    package var makeFolder: @Sendable (String) throws -> Void
    package var remove: @Sendable (String) throws -> Void
    package var freeBytes: @Sendable (String) throws -> Int64
    /// How large a file is, in bytes.
    package var size: @Sendable (String) throws -> Int64
    /// The names in a folder; none where there is no such folder.
    package var names: @Sendable (String) -> [String]
    /// The beginning of a file, at most that many bytes; `nil` where there is no such file.
    package var beginning: @Sendable (String, Int) -> [UInt8]?
    /// Returns when all that was written to a folder's file system outlives a power cut.
    package var synchronize: @Sendable (String) throws -> Void

    package init(
        makeFolder: @escaping @Sendable (String) throws -> Void, remove: @escaping @Sendable (String) throws -> Void,
        freeBytes: @escaping @Sendable (String) throws -> Int64,
        size: @escaping @Sendable (String) throws -> Int64, names: @escaping @Sendable (String) -> [String],
        beginning: @escaping @Sendable (String, Int) -> [UInt8]?,
        synchronize: @escaping @Sendable (String) throws -> Void
    ) {
        self.makeFolder = makeFolder
        self.remove = remove
        self.freeBytes = freeBytes
        self.size = size
        self.names = names
        self.beginning = beginning
        self.synchronize = synchronize
    }
}
