internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One app's log on disk: what is not written yet, and the segments, the oldest of which goes when they hold too much.
struct AppLog {
    /// A dyno position, and when it was set last, in appends.
    private struct Mark {
        var position: UInt64
        var age: UInt64
    }

    /// A dyno that has said nothing while this many others have is taken for gone when a segment begins.
    private static let rememberedDynos = 512
    /// When the disk takes nothing, this much is held back; then it is dropped.
    private static let pendingLimitBytes = 8 << 20

    private let folder: String
    private let limitBytes: Int
    private var segments: [Segment] = []
    /// Positions whose lines are in the segments.
    private var marks: [DynoID: Mark] = [:]
    /// Positions whose lines wait: a new segment's first record must not count lines that a crash may still take.
    private var pendingMarks: [DynoID: Mark] = [:]
    private var appends: UInt64 = 0
    private var pending: [UInt8] = []

    var hasPending: Bool { !pending.isEmpty }
    var pendingBytes: Int { pending.count }

    /// Opens what is there, and mends its end.
    init(folder: String, limitBytes: Int) throws(PosixError) {
        self.folder = folder
        self.limitBytes = limitBytes
        segments = try Segment.all(in: folder)
        // A segment starts with every position, so the newest that has a whole record knows them all.
        while var newest = segments.popLast() {
            let isUsable = try newest.recover { dyno, position in
                marks[dyno] = Mark(position: position, age: appends)
                appends += 1
            }
            if isUsable {
                segments.append(newest)
                return
            }
            try FileTree.remove(newest.path)
        }
    }

    func position(of dyno: DynoID) -> UInt64 {
        (pendingMarks[dyno] ?? marks[dyno])?.position ?? 0
    }

    mutating func append(_ lines: [LogLine], origin: (dyno: DynoID, position: UInt64)?) {
        LogRecord.append(lines, origin: origin, to: &pending)
        appends += 1
        if let origin { pendingMarks[origin.dyno] = Mark(position: origin.position, age: appends) }
    }

    /// Writes what waits. When the disk takes nothing it goes on waiting, up to a limit.
    mutating func flush() throws(PosixError) {
        guard !pending.isEmpty else { return }
        defer { if pending.count > Self.pendingLimitBytes { pending = [] } }
        if segments.last.map({ $0.sizeBytes >= segmentBytes }) ?? true {
            try startSegment()
        } else {
            try segments[segments.count - 1].append(pending)
        }
        pending.removeAll(keepingCapacity: pending.count <= 1 << 20)
        marks.merge(pendingMarks) { $1 }
        pendingMarks = [:]
    }

    /// The last `count` lines that `filter` accepts, written or waiting, oldest first.
    func lines(matching filter: LogFilter, last count: Int) throws(PosixError) -> [LogLine] {
        var parts = [LogRecord.newest(count, in: pending, matching: filter)]
        var missing = count - parts[0].count
        for segment in segments.reversed() where missing > 0 {
            let part = try segment.lines(matching: filter, last: missing)
            missing -= part.count
            parts.append(part)
        }
        return Array(parts.reversed().joined())
    }

    private var segmentBytes: Int { max(4096, limitBytes / 8) }

    /// Begins a segment with what waits, and removes the oldest while there is no room for a whole one.
    private mutating func startSegment() throws(PosixError) {
        if marks.count > Self.rememberedDynos {
            let kept = marks.sorted { $0.value.age > $1.value.age }.prefix(Self.rememberedDynos)
            marks = Dictionary(kept.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        }
        if let last = segments.last {
            try last.synchronize()
        } else {
            // Only the app's own: lines that come late do not bring back a home that has been removed.
            try posix(mkdir(folder, 0o700) == 0 || errno == EEXIST ? 0 : -1, "mkdir \(folder)")
        }
        var first: [UInt8] = []
        LogRecord.append(positions: marks.map { ($0.key, $0.value.position) }, to: &first)
        var segment = Segment(number: (segments.last?.number ?? 0) + 1, in: folder)
        try segment.append(first + pending)
        segments.append(segment)
        while segments.count > 1, segments.dropLast().reduce(segmentBytes, { $0 + $1.sizeBytes }) > limitBytes {
            try FileTree.remove(segments[0].path)
            segments.removeFirst()
        }
    }
}
