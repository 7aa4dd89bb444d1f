package import Model
internal import Posix

/// Every app's log: kept on disk with a bound, read back filtered, and followed as it grows.
///
/// What was flushed survives the daemon's death whole; what was not is read again from the dynos, because the position
/// of a dyno's output is kept with the lines that it counts.
package actor LogBook {
    /// The most lines anybody gets back at once. Source: heroku-platform.md §12.1.
    package static let historyLimit = 1500

    private struct Follower {
        weak var session: TailSession?
    }

    private let folder: String
    private let limitBytesPerApp: Int
    private var logs: [AppID: AppLog] = [:]
    private var followers: [AppID: [Follower]] = [:]
    private var dirty: Set<AppID> = []
    /// Apps whose last lines may still arrive, for nobody.
    private var removed: Set<AppID> = []
    private var isFlushDue = false
    /// Why the disk last refused to take or give lines; `nil` while all is well.
    package private(set) var trouble: String?

    /// - Parameters:
    ///   - folder: made if absent; gets a folder for each app's id, with segments of an eighth of the limit.
    ///   - limitBytesPerApp: the oldest segment goes when an app's would take more.
    package init(folder: String, limitBytesPerApp: Int = 16 << 20) {
        self.folder = folder
        self.limitBytesPerApp = limitBytesPerApp
        do {
            try FileTree.makeFolder(folder)
        } catch {
            trouble = "\(error)"
        }
    }

    /// Appends in order. Messages over ``LogLine/limitBytes`` are split, as Logplex does.
    ///
    /// - Parameter origin: the dyno whose output this is, and where in that output the last of the lines ends. It is
    ///   kept with the lines: after a crash ``position(of:in:)`` counts exactly the lines that were kept.
    package func append(_ lines: [LogLine], to app: AppID, origin: (dyno: DynoID, position: UInt64)?) {
        guard !removed.contains(app) else { return }
        let lines = lines.contains { $0.message.count > LogLine.limitBytes } ? lines.flatMap(\.split) : lines
        withLog(of: app) { $0.append(lines, origin: origin) }
        offer(lines, of: app)
        dirty.insert(app)
        if logs[app]?.pendingBytes ?? 0 >= 1 << 18 { flush(app) } else { scheduleFlush() }
    }

    /// How far the dyno's output has been taken into the app's log; 0 for a dyno that has said nothing yet.
    package func position(of dyno: DynoID, in app: AppID) -> UInt64 {
        withLog(of: app) { $0.position(of: dyno) } ?? 0
    }

    /// The newest lines that `filter` accepts, oldest first; at most `count` and at most ``historyLimit``.
    package func lines(of app: AppID, matching filter: LogFilter, last count: Int) -> [LogLine] {
        let count = min(max(0, count), Self.historyLimit)
        return withLog(of: app) { try $0.lines(matching: filter, last: count) } ?? []
    }

    /// What ``lines(of:matching:last:)`` gives now, and then everything that comes, without a gap and nothing twice.
    ///
    /// The stream ends when its task is cancelled or the app is removed. A reader that falls too far behind finds
    /// Heroku's L11 line in the place of what it missed; whoever appends never waits for it.
    package func follow(_ app: AppID, matching filter: LogFilter, last count: Int) -> AsyncStream<[LogLine]> {
        let session = TailSession(backlog: lines(of: app, matching: filter, last: count), matching: filter)
        followers[app, default: []].removeAll { $0.session == nil }
        followers[app, default: []].append(Follower(session: session))
        // The stream alone holds the session: dropped unread, it takes the session with it.
        return AsyncStream {
            await session.next()
        } onCancel: {
            session.end()
        }
    }

    /// Removes the app's log for good and ends those who follow it; lines that arrive later are dropped.
    package func remove(_ app: AppID) {
        removed.insert(app)
        for follower in followers.removeValue(forKey: app) ?? [] { follower.session?.end() }
        logs[app] = nil
        dirty.remove(app)
        do {
            try FileTree.remove(path(of: app))
        } catch {
            trouble = "\(error)"
        }
    }

    /// The apps that have a log on disk.
    package var apps: [AppID] { ((try? FileTree.names(in: folder)) ?? []).compactMap { AppID($0) } }

    /// Writes what waits; the daemon calls it before it ends.
    package func flush() { for app in dirty { flush(app) } }

    private func path(of app: AppID) -> String { "\(folder)/\(app)" }

    private func flush(_ app: AppID) {
        guard dirty.remove(app) != nil else { return }
        withLog(of: app) { try $0.flush() }
        // Lines that the disk refused wait for the next time.
        if logs[app]?.hasPending == true { dirty.insert(app) } else { trouble = nil }
    }

    /// Lends the app's log, opened if need be. An error is remembered in ``trouble``: logging never stops an app.
    @discardableResult
    private func withLog<Result>(of app: AppID, _ body: (inout AppLog) throws -> Result) -> Result? {
        do {
            let index = logs.index(forKey: app)
            if let index { return try body(&logs.values[index]) }
            var log = try AppLog(folder: path(of: app), limitBytes: limitBytesPerApp)
            defer { logs[app] = log }
            return try body(&log)
        } catch {
            trouble = "\(error)"
            return nil
        }
    }

    private func offer(_ lines: [LogLine], of app: AppID) {
        guard let sessions = followers[app] else { return }
        let now = Timestamp(microseconds: Moment.realtimeMicroseconds)
        for follower in sessions { follower.session?.offer(lines, now: now) }
    }

    private func scheduleFlush() {
        guard !isFlushDue else { return }
        isFlushDue = true
        // Ends by itself after the pause; what it writes is at most this old when the machine stops.
        Task {
            try? await Task.sleep(for: .milliseconds(50))  // Nobody cancels it; early would do no harm.
            isFlushDue = false
            flush()
        }
    }
}

extension LogLine {
    /// The line in messages of ``limitBytes`` at most.
    fileprivate var split: [LogLine] {
        guard message.count > Self.limitBytes else { return [self] }
        return stride(from: 0, to: message.count, by: Self.limitBytes).map { start in
            let part = message[start..<min(start + Self.limitBytes, message.count)]
            return LogLine(time: time, source: source, process: process, message: Array(part))
        }
    }
}
