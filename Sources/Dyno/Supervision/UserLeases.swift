internal import Posix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The user ids that a home's apps and its router run as where root runs the platform: an id an app, and no other home of
/// this machine has the same.
///
/// Ids are leased in blocks. A lease is a file in a folder of root's, named by the block's number; it names its home by
/// device, inode and path, and holds as long as that home is there.
final class UserLeases: Sendable {
    static let blockSize = 1000
    /// The last id of a block is no app's: that of the first block is the router's.
    private static let appsInBlock = blockSize - 1
    /// Blocks up to here are below 60,000, where Debian's own numbers end; these fit into any container.
    private static let lowBlocks = 30
    private static let lowest = 30_000
    /// The others are where neither people nor containers have theirs. Source: systemd's UIDS-GIDS.md.
    private static let highIDs = 0x7000_0000...2_147_352_575

    private let folder: String
    private let home: String
    /// The numbers of this home's blocks; the first one is for its apps 0 to 998, and so on.
    private let blocks = Mutex<[Int]>([])

    init(folder: String, home: String) {
        self.folder = folder
        self.home = home
    }

    /// The user of the app with that ordinal. Blocks: leasing waits for other homes that are at it.
    func user(of ordinal: Int) throws(PosixError) -> UInt32 {
        try id(ordinal % Self.appsInBlock, inBlock: ordinal / Self.appsInBlock)
    }

    /// The router's user. Blocks as ``user(of:)`` does.
    func routerUser() throws(PosixError) -> UInt32 { try id(Self.appsInBlock, inBlock: 0) }

    private func id(_ index: Int, inBlock place: Int) throws(PosixError) -> UInt32 {
        let block = try blocks.withLock { blocks throws(PosixError) in
            if place >= blocks.count { blocks = try lease(atLeast: place + 1) }
            return blocks[place]
        }
        return UInt32(Self.firstID(of: block) + index)
    }

    private static func firstID(of block: Int) -> Int {
        block < lowBlocks ? lowest + block * blockSize : highIDs.lowerBound + (block - lowBlocks) * blockSize
    }

    // MARK: The folder

    /// - Returns: this home's blocks in their order.
    private func lease(atLeast count: Int) throws(PosixError) -> [Int] {
        try FileTree.makeFolder(folder)
        let lock = try FileLock.wait("\(folder)/lock")
        defer { withExtendedLifetime(lock) {} }
        guard let identity = Lease.Identity(of: home) else { throw PosixError(ENOENT, "stat \(home)") }
        var taken: Set<Int> = []
        var own: [(place: Int, block: Int)] = []
        for name in try FileTree.names(in: folder) {
            guard let block = Int(name) else { continue }
            let lease = Lease(text: try FileTree.readText("\(folder)/\(name)", limit: 1 << 14))
            if let lease, lease.belongs(to: identity, at: home) {
                own.append((lease.place, block))
                // It has been moved, or stands where a home was that is gone: others must find it.
                if lease.path != home || lease.identity != identity {
                    try write(Lease(place: lease.place, identity: identity, path: home), as: block)
                }
            } else if lease?.isStale ?? true {
                try FileTree.remove("\(folder)/\(name)")
                continue
            }
            taken.insert(block)
        }
        var blocks = own.sorted { $0.place < $1.place }.map(\.block)
        let free = FreeIDs()
        while blocks.count < count {
            guard let block = Self.firstFree(besides: taken, free) else {
                throw PosixError(EDQUOT, "lease user ids in \(folder)")
            }
            try write(Lease(place: blocks.count, identity: identity, path: home), as: block)
            taken.insert(block)
            blocks.append(block)
        }
        return blocks
    }

    private func write(_ lease: Lease, as block: Int) throws(PosixError) {
        try FileTree.write(Array(lease.text.utf8), to: "\(folder)/\(block)")
    }

    private static func firstFree(besides taken: Set<Int>, _ free: FreeIDs) -> Int? {
        let last = lowBlocks + highIDs.count / blockSize - 1
        return (0...last).first { block in
            let first = firstID(of: block)
            return !taken.contains(block) && free.contains(first...(first + blockSize - 1))
        }
    }
}

/// One file of the folder: whose a block is.
private struct Lease {
    struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64

        init(device: UInt64, inode: UInt64) {
            self.device = device
            self.inode = inode
        }

        /// - Returns: `nil` when there is no such folder.
        init?(of folder: String) {
            var info = stat()
            guard stat(folder, &info) == 0 else { return nil }
            self.init(device: UInt64(info.st_dev), inode: UInt64(info.st_ino))
        }
    }

    /// Which of its home's blocks it is.
    let place: Int
    let identity: Identity
    let path: String

    init(place: Int, identity: Identity, path: String) {
        self.place = place
        self.identity = identity
        self.path = path
    }

    /// - Returns: `nil` for what is no lease.
    init?(text: String) {
        let words = text.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count == 4, let place = Int(words[0]), let device = UInt64(words[1]), let inode = UInt64(words[2])
        else { return nil }
        self.init(place: place, identity: Identity(device: device, inode: inode), path: words[3])
    }

    var text: String { "\(place) \(identity.device) \(identity.inode) \(path)" }

    /// A home that was moved keeps its inode; a disk may get another device number at the next boot.
    func belongs(to home: Identity, at path: String) -> Bool {
        identity == home || (self.path == path && identity.inode == home.inode)
    }

    /// Whether its home is gone.
    var isStale: Bool { Identity(of: path)?.inode != identity.inode }
}

/// Which user ids can be given away here.
private struct FreeIDs {
    private let mapped: [ClosedRange<Int>]
    private let accounts: [Int]

    init() {
        let map = (try? FileTree.readText("/proc/self/uid_map")) ?? ""  // No user namespaces: every id exists.
        let ranges = map.split(separator: "\n").compactMap { line -> ClosedRange<Int>? in
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 3, numbers[2] > 0 else { return nil }
            return numbers[0]...(numbers[0] + numbers[2] - 1)
        }
        mapped = ranges.isEmpty ? [0...Int(UInt32.max) - 1] : ranges
        let passwd = (try? FileTree.readText("/etc/passwd")) ?? ""  // Without accounts none is in the way.
        accounts = passwd.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            return fields.count > 2 ? Int(fields[2]) : nil
        }
    }

    func contains(_ range: ClosedRange<Int>) -> Bool {
        mapped.contains { $0.contains(range.lowerBound) && $0.contains(range.upperBound) }
            && !accounts.contains(where: range.contains)
    }
}
