internal import Model
internal import Posix

/// Tells one consumer what a dyno says and does, from some position of its output on.
actor DynoReporter {
    private let link: ShimLink
    private var spool: SpoolReader
    private var splitter = LineSplitter()
    private var waiting: [DynoEvent] = []
    /// What of a batch ``next()`` has not given yet.
    private var rest: ArraySlice<DynoEvent> = []
    private var hasToldLaunch = false
    private var hasToldBound = false
    private var hasToldThief = false
    private var hasToldEnd = false

    init(_ link: ShimLink, from position: UInt64) {
        self.link = link
        spool = SpoolReader(folder: link.folder.spool, from: position)
    }

    /// The next event; `nil` after the end, or when the consumer's task is cancelled.
    func next() async -> DynoEvent? {
        if rest.isEmpty { rest = (await nextBatch() ?? [])[...] }
        return rest.popFirst()
    }

    /// The events that there are by now, at least one: a dyno that writes much is read in pieces, not line by line.
    func nextBatch() async -> [DynoEvent]? {
        while true {
            if !waiting.isEmpty {
                defer { waiting = [] }
                return waiting
            }
            if hasToldEnd || Task.isCancelled { return nil }
            let news = link.news
            if news.hasLaunched, !hasToldLaunch {
                hasToldLaunch = true
                return [.launched]
            }
            if let endpoint = news.bound, !hasToldBound {
                hasToldBound = true
                return [.bound(endpoint)]
            }
            if let thief = news.portThief, !hasToldThief {
                hasToldThief = true
                return [.portTaken(thief)]
            }
            if !readSpool(written: news.record == nil ? news.position : nil) {
                if news.isClosed || news.record != nil {
                    end(news.record)
                } else {
                    await link.change(after: news.generation)
                }
            }
        }
    }

    private func readSpool(written: UInt64?) -> Bool {
        // No further than the shim has announced: what it told before, such as ``DynoEvent/bound(_:)``, comes first.
        if let written, spool.position >= written { return false }
        // One at a time: the consumer's pace is the pace of reading.
        switch spool.next(written: written) {
        case .record(let record):
            let time = Timestamp(microseconds: record.time)
            switch record.kind {
            case .output: waiting += splitter.feed(record.bytes, at: record.position, time: time).map(DynoEvent.init)
            case .note: waiting.append(.note(String(decoding: record.bytes, as: UTF8.self)))
            }
        case .gap(let bytes):
            if let line = splitter.finish() { waiting.append(DynoEvent(line)) }
            waiting.append(.dropped(bytes: bytes))
        case nil: return false
        }
        return true
    }

    private func end(_ record: ExitRecord?) {
        if let line = splitter.finish() { waiting.append(DynoEvent(line)) }
        if let record, record.position > spool.position {
            waiting.append(.dropped(bytes: record.position - spool.position))
        }
        if let lost = LostFiles.load(from: link.folder) { waiting.append(.lost(lost)) }
        waiting.append(.ended(record?.ending ?? .lost))
        hasToldEnd = true
    }
}

extension DynoEvent {
    fileprivate init(_ line: LineSplitter.Line) {
        self = .line(message: line.message, time: line.time, position: line.position)
    }
}
