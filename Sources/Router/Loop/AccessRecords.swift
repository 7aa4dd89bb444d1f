internal import Model

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Access lines on their way out of a loop, handed over in blocks so that the loop never waits for anyone.
///
/// A record is its length (four bytes), the app's id, the time in microseconds (eight bytes) and the line; the numbers
/// are in the machine's own order, for both sides are the same program.
struct AccessRecords {
    private let base: UnsafeMutablePointer<UInt8>
    private var count = 0
    /// Monotonic milliseconds; `.max` while there is nothing to hand over.
    private(set) var dueAt: UInt64 = .max
    private var handedAt: UInt64 = 0

    static let blockSize = 64 << 10
    /// Milliseconds that a line waits for others; whoever reads the log has them handed over before.
    static let patience: UInt64 = 10
    /// Milliseconds from one block to the next that is not full: each wakes the daemon, and requests wait where there
    /// are few cores.
    static let pace: UInt64 = 100
    /// More than the longest line, before it is cut.
    static let room = 64 << 10
    static let headerSize = 4 + 16 + 8

    init() { base = .allocate(capacity: Self.blockSize + Self.room) }

    func isDue(_ now: UInt64) -> Bool { dueAt <= now }

    /// Gives the place for a line; ``finish(_:_:_:now:)`` says how long it has become.
    @inline(__always)
    func start() -> UnsafeMutablePointer<UInt8> { base + count + Self.headerSize }

    @inline(__always)
    mutating func finish(_ length: Int, _ app: AppID, _ time: Int64, now: UInt64) {
        let kept = min(length, LogLine.limitBytes)
        let record = UnsafeMutableRawPointer(base + count)
        record.storeBytes(of: UInt32(truncatingIfNeeded: Self.headerSize &- 4 &+ kept), as: UInt32.self)
        record.storeBytes(of: app.words.high, toByteOffset: 4, as: UInt64.self)
        record.storeBytes(of: app.words.low, toByteOffset: 12, as: UInt64.self)
        withUnsafeBytes(of: time) { if let at = $0.baseAddress { memcpy(record + Self.headerSize - 8, at, 8) } }
        count &+= Self.headerSize &+ kept
        if count >= Self.blockSize {
            dueAt = now
        } else if dueAt == .max {
            dueAt = max(now &+ Self.patience, handedAt &+ Self.pace)
        }
    }

    @inline(__always) var isFull: Bool { count >= Self.blockSize }

    mutating func hand(to outlet: LoopOutlet, now: UInt64) {
        guard count > 0 else { return }
        outlet.records(Array(UnsafeBufferPointer(start: base, count: count)))
        count = 0
        handedAt = now
        dueAt = .max
    }

    /// Reads a block again; one that was cut off ends early.
    static func read(_ block: [UInt8], _ each: (AppID, Timestamp, [UInt8]) -> Void) {
        block.withUnsafeBytes { bytes in
            var offset = 0
            while offset + headerSize <= bytes.count {
                let size = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                let end = offset + 4 + size
                guard size >= headerSize - 4, end <= bytes.count else { return }
                let app = AppID(
                    words: (
                        bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt64.self),
                        bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt64.self)
                    ))
                let time = bytes.loadUnaligned(fromByteOffset: offset + headerSize - 8, as: Int64.self)
                each(app, Timestamp(microseconds: time), Array(bytes[(offset + headerSize)..<end]))
                offset = end
            }
        }
    }
}
