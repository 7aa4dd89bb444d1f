import Console
import Posix

/// A process of the Procfile, and what it has said and not yet shown. Belongs to the keeper's thread.
final class KeptProcess {
    let pid: Int32
    private(set) var end: Subprocess.End?
    /// Whether its end has been shown.
    private(set) var hasSettled = false
    private let prefix: ProcessPrefix
    private let streams: [KeptStream]
    private var endedAt: UInt64 = 0

    init(_ process: LocalPlan.Process, _ prefix: ProcessPrefix) throws(PosixError) {
        self.prefix = prefix
        let null = try Descriptor(opening: "/dev/null")
        var output = try Pipe()
        var errors = try Pipe()
        pid = try Subprocess.startKept(
            "/bin/sh", arguments: ["-c", process.command], environment: process.environment,
            descriptors: [null.raw, output.write.raw, errors.write.raw])
        output.closeWriting()
        errors.closeWriting()
        streams = [KeptStream(output), KeptStream(errors)]
    }

    /// What it may still say something on.
    var descriptors: [Int32] { streams.compactMap(\.descriptor) }

    func hear(_ ready: Set<Int32>, _ show: KeeperOutput) {
        for stream in streams where stream.descriptor.map(ready.contains) ?? false {
            show.lines(stream.read(), of: prefix)
        }
    }

    func ended(_ end: Subprocess.End, at time: UInt64) {
        self.end = end
        endedAt = time
    }

    /// Whether it has ended and said all, or had `patience` to say it.
    func isAboutToSettle(_ now: UInt64, within patience: UInt64) -> Bool {
        end != nil && !hasSettled && (descriptors.isEmpty || now - endedAt > patience)
    }

    func settle(_ show: KeeperOutput) {
        hasSettled = true
        for stream in streams { show.lines([stream.takeRest()], of: prefix) }
        if let end { show.ending(end, of: prefix) }
    }
}

/// One of the two streams of a process.
final class KeptStream {
    private var pipe: Pipe
    private var splitter = LineSplitter()
    private var isOpen = true

    init(_ pipe: consuming Pipe) { self.pipe = pipe }

    var descriptor: Int32? { isOpen ? pipe.read.raw : nil }

    /// The lines that are complete with what is there; call it when there is something.
    func read() -> [[UInt8]] {
        let bytes = (try? pipe.read.read(atMost: 65_536)) ?? []  // A pipe that cannot be read has ended.
        guard bytes.isEmpty else { return splitter.take(bytes) }
        isOpen = false
        return [splitter.takeRest()]
    }

    func takeRest() -> [UInt8] { splitter.takeRest() }
}
