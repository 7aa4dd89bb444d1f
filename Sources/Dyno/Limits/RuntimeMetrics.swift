internal import Posix

/// The lines of `log-runtime-metrics`. Source: heroku-platform.md §12.6.
struct RuntimeMetrics {
    /// `source=web.1 dyno=heroku.7.5b1cb5a6-…`
    private let head: String
    private let quota: UInt64
    private let startedAt: UInt64
    private(set) var nextLook: UInt64
    private var nextLines: UInt64
    private var loads = [0.0, 0.0, 0.0]

    private static let minute: UInt64 = 60_000_000_000
    private static let linesInterval: UInt64 = 20_000_000_000
    /// As the kernel does for the whole machine: a sample each five seconds, and e^(-5/60), e^(-5/300), e^(-5/900).
    private static let sampleInterval: UInt64 = 5_000_000_000
    private static let decays = [0.920044, 0.983471, 0.994460]
    private static let windows: [(name: String, minutes: UInt64)] = [("1m", 1), ("5m", 5), ("15m", 15)]

    init(head: String, quota: UInt64, now: UInt64) {
        self.head = head
        self.quota = quota
        startedAt = now
        nextLook = now + Self.sampleInterval
        nextLines = now + Self.linesInterval
    }

    /// - Parameters:
    ///   - running: how many threads of the dyno run or wait for the disk.
    ///   - use: asked for only when there is a line to write.
    mutating func look(now: UInt64, running: Int, use: () -> MemoryUse) -> [String] {
        nextLook = now + Self.sampleInterval
        for index in loads.indices {
            loads[index] = loads[index] * Self.decays[index] + Double(running) * (1 - Self.decays[index])
        }
        guard now >= nextLines else { return [] }
        nextLines += Self.linesInterval
        let elapsed = now - startedAt
        // A window that has not passed yet has nothing to say.
        let averages = zip(Self.windows, loads).filter { elapsed >= $0.0.minutes * Self.minute }
            .map { "sample#load_avg_\($0.0.name)=\(Self.text(UInt64(($0.1 * 100).rounded())))" }
        let memory = Self.line(use(), quota: quota)
        return (averages.isEmpty ? [] : ["\(head) \(averages.joined(separator: " "))"]) + ["\(head) \(memory)"]
    }

    static func line(_ use: MemoryUse, quota: UInt64) -> String {
        let total = use.anonymous + use.cache + use.swap
        let sizes = [("total", total), ("rss", use.anonymous), ("cache", use.cache), ("swap", use.swap)]
        let words =
            sizes.map { "sample#memory_\($0.0)=\(megabytes($0.1))" }
            + ["sample#memory_pgpgin=\(use.pagesIn)pages", "sample#memory_pgpgout=\(use.pagesOut)pages"]
        return (words + ["sample#memory_quota=\(megabytes(quota))"]).joined(separator: " ")
    }

    private static func megabytes(_ bytes: UInt64) -> String { text((bytes * 100 + (1 << 19)) >> 20) + "MB" }

    /// `180.43`
    private static func text(_ hundredths: UInt64) -> String {
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// How many threads below `first` run or wait for the disk at this moment.
    static func running(below first: Int32) -> Int {
        ProcessTree.descendants(of: first).reduce(0) { sum, process in
            let folder = "/proc/\(process)/task"
            return ((try? FileTree.names(in: folder)) ?? []).reduce(sum) { sum, thread in
                let text = (try? FileTree.readText("\(folder)/\(thread)/stat", limit: 4096)) ?? ""
                guard let close = text.lastIndex(of: ")") else { return sum }
                let state = text[text.index(after: close)...].drop { $0 == " " }.first
                return sum + (state == "R" || state == "D" ? 1 : 0)
            }
        }
    }
}
