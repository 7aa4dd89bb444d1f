import APISchema
import Console
import Posix

extension Command {
    /// What `local` starts: reads a plan from its standard input, and then the numbers of signals.
    static let localKeep = Command(
        "local:keep", abstract: "keeps the processes of paas local", isHidden: true
    ) { _ in
        let code = try await withCheckedThrowingContinuation { continuation in
            // Children are killed with the thread that starts them, so it is one that lasts.
            startThread(named: "paas-keeper") {
                continuation.resume(with: Result { try Keeper.keep() })
            }
        }
        guard code == 0 else { throw Failure.silent(exitCode: code) }
    }
}

extension Keeper {
    fileprivate static func keep() throws -> Int32 {
        Signals.ignoreBrokenPipes()
        Signals.writeFromBackground()
        Descendants.adoptOrphans()
        var bytes: [UInt8] = []
        while !bytes.contains(0x0A) {
            let part = try StandardStream.read(0, atMost: 65_536)
            // Whoever wanted this is gone before it began.
            guard !part.isEmpty else { return 0 }
            bytes += part
        }
        let halves = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let plan: LocalPlan = try WireJSON.decode(from: Array(halves[0]))
        return try Keeper(plan).run(heard: halves[1].map(Int32.init))
    }
}
