package import Model
internal import Posix
internal import Synchronization

/// A client's side of an attached dyno: live bytes both ways.
package final class DynoAttachment: Sendable {
    private let link: ShimLink
    private let reader: any AttachedOutput
    private let sent = Mutex<UInt64>(0)

    /// - Parameter position: where the client has stopped reading.
    init(_ link: ShimLink, from position: UInt64) {
        self.link = link
        reader = SpooledOutput(link, from: position)
    }

    /// - Parameter link: of a command beside the dyno's own, which has started.
    init(execution link: ShimLink) {
        self.link = link
        reader = ExecutionOutput(link: link)
    }

    /// Bytes for its standard input. Waits while the dyno does not read.
    ///
    /// - Throws: when the dyno is gone.
    package func write(_ bytes: [UInt8]) async throws {
        for start in stride(from: 0, to: bytes.count, by: 65_536) {
            let part = Array(bytes[start..<min(start + 65_536, bytes.count)])
            let total = sent.withLock { sent in
                sent += UInt64(part.count)
                return sent
            }
            try await link.send(.input(part))
            _ = await link.news { total <= $0.inputTaken + Self.windowBytes || $0.ending != nil }
            try Task.checkCancellation()
        }
    }

    /// How much may be on its way to a dyno that does not read.
    private static let windowBytes: UInt64 = 262_144

    /// Its standard input ends (for pipes; a terminal has ^D).
    package func closeInput() async throws { try await link.send(.closeInput) }

    package func resize(rows: Int, columns: Int) async throws {
        try await link.send(.resize(rows: UInt16(clamping: rows), columns: UInt16(clamping: columns)))
    }

    /// A signal for every process of the dyno, or for the command beside its own.
    package func signal(_ number: Int32) async throws { try await link.send(.signal(number)) }

    /// Everything that it writes, from where the client is; for one consumer, who sets the pace: a dyno whose client does
    /// not read waits. Ends when all is delivered after the dyno has ended.
    package var output: AsyncStream<[UInt8]> { AsyncStream { await self.reader.next() } }

    package func ending() async -> Ending { await link.news { $0.ending != nil }.ending ?? .lost }

    deinit { link.close() }
}

/// Where an attachment's output comes from.
private protocol AttachedOutput: Sendable {
    /// The next bytes; `nil` when all is delivered, or when the task is cancelled.
    func next() async -> [UInt8]?
}

/// What a command beside the dyno's own writes: it comes over the line itself.
private struct ExecutionOutput: AttachedOutput {
    let link: ShimLink

    func next() async -> [UInt8]? {
        while !Task.isCancelled {
            let news = link.news
            if let (bytes, total) = link.takeExecutionOutput() {
                // Whoever asks for more has taken what was given before: the shim holds back what goes beyond.
                try? await link.send(.hasRead(position: total))
                return bytes
            }
            if news.ending != nil || news.isClosed { return nil }
            await link.change(after: news.generation)
        }
        return nil
    }
}

/// Reads the spool of an attached dyno as it is, without lines.
private actor SpooledOutput: AttachedOutput {
    private let link: ShimLink
    private var spool: SpoolReader

    init(_ link: ShimLink, from position: UInt64) {
        self.link = link
        spool = SpoolReader(folder: link.folder.spool, from: position)
    }

    func next() async -> [UInt8]? {
        // Whoever asks for more has taken what was given: only then the shim may go on beyond its limit.
        try? await link.send(.hasRead(position: spool.position))
        while !Task.isCancelled {
            let news = link.news
            switch spool.next(written: news.record == nil ? news.position : nil) {
            case .record(let record): if record.kind == .output { return record.bytes }
            case .gap: break
            case nil:
                if news.isClosed || news.record != nil { return nil }
                await link.change(after: news.generation)
            }
        }
        return nil
    }
}
