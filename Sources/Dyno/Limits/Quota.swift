import Model
internal import Posix

/// What one dyno may use of the machine.
struct Quota: Equatable, Sendable {
    /// 0: as much as there is.
    var memoryBytes: UInt64 = 0
    /// Processes and threads at once.
    var processes = 0
    /// What it may write to /app, /tmp and /var/tmp together; 0: as much as there is.
    var scratchBytes: UInt64 = 0
    /// Free disk that is the platform's; below it, who has written most is stopped.
    var reserveBytes: UInt64 = 0

    /// A build needs more than the dynos of its app; only the machine limits it.
    static let buildProcesses = 4096

    /// Above that, Heroku stops a dyno. Source: heroku-platform.md §4, R15.
    var memoryLimitBytes: UInt64 { memoryBytes * 2 }

    init() {}

    init(_ size: DynoSize, content: DynoSpec.Content, disk: DynoHost.DiskLimits) {
        reserveBytes = disk.reserveBytes
        switch content {
        case .slug:
            memoryBytes = UInt64(size.memoryMiB) << 20
            processes = size.processLimit
            scratchBytes = disk.scratchBytes
        case .build: processes = Self.buildProcesses
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.put(memoryBytes)
        writer.put(Int64(processes))
        writer.put(scratchBytes)
        writer.put(reserveBytes)
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        memoryBytes = try reader.integer()
        processes = Int(clamping: try reader.integer(Int64.self))
        scratchBytes = try reader.integer()
        reserveBytes = try reader.integer()
    }
}
