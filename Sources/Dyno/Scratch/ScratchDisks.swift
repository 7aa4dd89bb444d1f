internal import Posix

/// Keeps a few scratch disks ready, so that a dyno's start does not wait for one to be made.
actor ScratchDisks {
    private let folder: String
    private let quotaBytes: UInt64
    private let pool: BlockingPool
    private var template: Task<ScratchTemplate, any Error>?
    private var ready: [ScratchDisk] = []
    private var filling: Task<Void, Never>?
    private var isClosed = false
    /// Why the last one could not be made.
    private(set) var obstacle: String?
    /// When it is worth another try.
    private var retryAt: UInt64 = 0

    /// Each takes about 150 KB of the disk, and a loop device.
    static let readyCount = 4
    private static let retryNanoseconds: UInt64 = 60_000_000_000

    /// - Parameters:
    ///   - folder: of dynos' run folders.
    ///   - quotaBytes: 0 for no disks.
    init(folder: String, quotaBytes: UInt64, pool: BlockingPool) {
        self.folder = folder
        self.quotaBytes = quotaBytes
        self.pool = pool
    }

    /// - Returns: `nil` where there can be none: then what the dyno writes is watched.
    func take() async -> ScratchDisk? {
        defer { fill() }
        if let disk = ready.popLast() { return disk }
        return await make()
    }

    /// Makes some in the background.
    func fill() {
        guard filling == nil, !isClosed else { return }
        // Ends when there are enough, or none can be made; ``close()`` waits for it.
        filling = Task {
            while ready.count < Self.readyCount, let disk = await make() { ready.append(disk) }
            filling = nil
        }
    }

    /// Lets go of those that nobody has taken; there are no more from here on.
    func close() async {
        isClosed = true
        await filling?.value
        let left = ready
        ready = []
        template = nil
        await withDiscardingTaskGroup { group in
            for disk in left { group.addTask { [pool] in try? await pool.run { disk.letGo() } } }
        }
    }

    private func make() async -> ScratchDisk? {
        guard quotaBytes > 0, !isClosed, Moment.monotonicNanoseconds >= retryAt else { return nil }
        do {
            let template = try await emptyOne()
            let disk = try await pool.run { try template.disk() }
            obstacle = nil
            return disk
        } catch {
            template = nil
            obstacle = "\(error)"
            retryAt = Moment.monotonicNanoseconds + Self.retryNanoseconds
            return nil
        }
    }

    private func emptyOne() async throws -> ScratchTemplate {
        if let template { return try await template.value }
        // Whoever comes first makes it; everybody else waits for the same one.
        let task = Task { [pool, folder, quotaBytes] in
            try await pool.run { try ScratchTemplate(in: folder, quotaBytes: quotaBytes) }
        }
        template = task
        return try await task.value
    }
}
