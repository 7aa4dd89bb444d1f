internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Keeps a dyno from filling the disk: its own part has a limit, and a reserve of the disk is the platform's.
///
/// A look costs one `statvfs`, or three where the dyno has a file system of its own: that keeps the limit, and knows what
/// was written. Elsewhere files are measured when the disk has lost room since the last time, and never for more than a
/// twentieth of the time.
struct ScratchWatch {
    private let quota: Quota
    private let folder: RunFolder
    /// The dyno's first process.
    private let first: Int32
    private let hasOwnDisk: Bool
    /// What counts.
    private let written: [String]
    /// What was there before the dyno: a copy of these.
    private let given: [String]
    private var givenBytes: UInt64?
    private(set) var nextLook: UInt64
    private var walk: DiskWalk?
    private var walkBegan: UInt64 = 0
    private var nextWalk: UInt64 = 0
    private var latestWalk: UInt64 = 0
    private var freeAtWalk: UInt64 = .max
    private(set) var usage: UInt64 = 0
    /// How often in a row this dyno was found to be the one to go.
    private var verdicts = 0
    private var isOver = false
    private var hasToldFull = false

    private static let interval: UInt64 = 2_000_000_000
    private static let longestBetweenWalks: UInt64 = 60_000_000_000
    /// Somebody who has written less is not to blame for a full disk.
    static let smallestCulprit: UInt64 = 64 << 20

    init(
        quota: Quota, folder: RunFolder, first: Int32, hasOwnDisk: Bool = false, written: [String], given: [String],
        now: UInt64
    ) {
        self.quota = quota
        self.folder = folder
        self.first = first
        self.hasOwnDisk = hasOwnDisk
        self.written = written
        self.given = given
        nextLook = now + Self.interval
    }

    mutating func look(now: UInt64) -> [LimitFinding] {
        guard !isOver else {
            nextLook = .max
            return []
        }
        nextLook = now + Self.interval
        let free = (try? FileTree.freeBytes(at: folder.path)).map { UInt64(max(0, $0)) } ?? .max
        let isShort = free < quota.reserveBytes
        if hasOwnDisk {
            usage = cpx_used_bytes(folder.scratch)
            return lookAtRoom() + judge(isShort)
        }
        if walk == nil, now >= nextWalk, isShort || hasShrunk(free) || now >= latestWalk { begin(now, free: free) }
        guard advance(now) else { return [] }
        if quota.scratchBytes > 0, usage > quota.scratchBytes { return end(overLimit) }
        return judge(isShort)
    }

    /// The app hears it from the kernel; who reads its log hears it once.
    private mutating func lookAtRoom() -> [LimitFinding] {
        // The kernel also refuses a large write for which there is a little less room than it asks for.
        let least = Int64(clamping: min(4 << 20, quota.scratchBytes / 16))
        guard !hasToldFull, let room = try? FileTree.freeBytes(at: folder.scratch), room < least else { return [] }
        hasToldFull = true
        return [.say(full)]
    }

    /// Whether somebody on this machine has written much since the files were measured.
    private func hasShrunk(_ free: UInt64) -> Bool {
        let step = max(1 << 20, min(64 << 20, quota.scratchBytes / 16))
        return free < freeAtWalk && freeAtWalk - free >= step
    }

    private mutating func begin(_ now: UInt64, free: UInt64) {
        walk = DiskWalk(of: givenBytes == nil && !given.isEmpty ? given : written)
        walkBegan = now
        freeAtWalk = free
        latestWalk = now + Self.longestBetweenWalks
    }

    /// - Returns: whether the usage is known anew.
    private mutating func advance(_ now: UInt64) -> Bool {
        guard let walk else { return false }
        guard walk.step() else {
            nextLook = now + 20_000_000
            return false
        }
        self.walk = nil
        if givenBytes == nil, !given.isEmpty {
            givenBytes = walk.bytes
            self.walk = DiskWalk(of: written)
            nextLook = now
            return false
        }
        let before = givenBytes ?? 0
        // A file that was removed while it is open takes its room until it is closed.
        let nameless = ProcessTree.namelessBytes(of: ProcessTree.descendants(of: first), on: folder.scratch)
        usage = (walk.bytes > before ? walk.bytes - before : 0) + nameless
        nextWalk = now + 20 * (now - walkBegan)
        return true
    }

    // MARK: The reserve

    /// - Parameter isShort: whether the disk is almost full.
    private mutating func judge(_ isShort: Bool) -> [LimitFinding] {
        guard isShort else {
            verdicts = 0
            return []
        }
        // Twice, so that the others have told of theirs.
        verdicts = isBiggest ? verdicts + 1 : 0
        return verdicts > 1 ? end(overReserve) : []
    }

    /// Every shim tells what its dyno has written; nobody has to be asked, and nobody has to live, for the biggest to
    /// know that it is.
    private var isBiggest: Bool {
        guard usage >= Self.smallestCulprit else { return false }
        tell()
        let parent = folder.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        let own = folder.path.split(separator: "/").last.map(String.init) ?? ""
        let now = Moment.realtimeMicroseconds
        for name in (try? FileTree.names(in: parent)) ?? [] where name != own {
            let other = RunFolder(path: "\(parent)/\(name)")
            guard let text = try? FileTree.readText(other.usage, limit: 64) else { continue }
            let numbers = KeptFile.numbers(in: Array(text.utf8)).map { $0 }
            guard numbers.count == 2, now - Int64(clamping: numbers[1]) < 15_000_000 else { continue }
            if (numbers[0], name) > (usage, own) { return false }
        }
        return true
    }

    private func tell() {
        let text = "\(usage) \(Moment.realtimeMicroseconds)\n"
        // On a full disk the others may not hear it; each then goes by what it knows.
        try? Descriptor(opening: folder.usage, O_WRONLY | O_CREAT | O_TRUNC).writeAll(Array(text.utf8))
    }

    // MARK: Words

    private mutating func end(_ why: String) -> [LimitFinding] {
        isOver = true
        return [
            .say(why),
            .say("What must last belongs into a database or an object store; /app and /tmp are thrown away at a stop"),
            .say("Stopping process with SIGKILL"), .kill,
        ]
    }

    private var full: String {
        "Disk full: this dyno has written the \(Self.megabytes(quota.scratchBytes)) that /app, /tmp and /var/tmp have"
            + " room for; until it removes some of it, writing fails with \"No space left on device\""
    }

    private var overLimit: String {
        "Disk quota exceeded: /app, /tmp and /var/tmp hold \(Self.megabytes(usage)) that this dyno wrote;"
            + " its limit is \(Self.megabytes(quota.scratchBytes))"
    }

    private var overReserve: String {
        "Disk almost full: this dyno has written more than any other (\(Self.megabytes(usage))), and less than"
            + " \(Self.megabytes(quota.reserveBytes)) of the disk are free, which the platform needs"
    }

    private static func megabytes(_ bytes: UInt64) -> String { "\((bytes + (1 << 20) - 1) >> 20) MB" }
}
