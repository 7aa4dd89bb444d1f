import APISchema
import Console
import Posix

/// What a person sees as `paas local`: it starts a keeper, hands every signal on to it, and ends when that does.
///
/// The keeper is a process of its own because this one may be killed with SIGKILL. Then the pipe between them closes,
/// and the keeper, to whom everything belongs that an app has started, ends it all. When the keeper is killed instead,
/// its orphans come to this process, which does the same.
struct LocalSession {
    private let plan: LocalPlan

    init(_ plan: LocalPlan) { self.plan = plan }

    func run() async throws {
        let signals = Signals.stream(
            of: [Signals.hangup, Signals.interrupt, Signals.quit, Signals.terminate, Signals.suspend])
        Signals.ignoreBrokenPipes()
        // A daemon that --with-config has just started is below this process, and its dynos would come to it as orphans:
        // they are not its to end.
        let adopts = Descendants.living().isEmpty
        if adopts { Descendants.adoptOrphans() }
        var line = try Pipe()
        let keeper = try start(reading: line)
        line.closeReading()
        let writer = try line.write.duplicate().release()
        try StandardStream.write(try WireJSON.encode(plan) + [0x0A], to: writer)
        let forwarding = Task {
            for await number in signals { Self.forward(number, to: keeper, over: writer) }
        }
        let end = try await BlockingPool(limit: 1).run { try Subprocess.wait(keeper) }
        forwarding.cancel()
        switch end {
        case .code(0): return
        case .code(let code): throw Failure.silent(exitCode: code)
        case .signal(let number):
            if adopts { Self.endOrphans() }
            throw Failure(
                "The process that kept the app's processes was ended by \(Signals.name(of: number)). So were they.",
                exitCode: 128 + number)
        }
    }

    private func start(reading line: borrowing Pipe) throws -> Int32 {
        guard let program = Environment.executable else { throw Failure("The program's own file was not found.") }
        return try Subprocess.start(
            program, arguments: ["local:keep"], environment: Environment.all, descriptors: [line.read.raw, 1, 2])
    }

    private static func forward(_ number: Int32, to keeper: Int32, over writer: Int32) {
        guard number == Signals.suspend else {
            // A keeper that has ended needs no signal.
            return (try? StandardStream.write([UInt8(truncatingIfNeeded: number)], to: writer)) ?? ()
        }
        Subprocess.signal(keeper, Signals.stop)
        Signals.stopThisProcess()
        // Somebody has typed fg.
        Subprocess.signal(keeper, Signals.goOn)
    }

    private static func endOrphans() {
        for _ in 0..<200 {
            let left = Descendants.living()
            if left.isEmpty { return }
            for member in left { Descendants.signal(member, Signals.kill) }
            while Subprocess.reapAny() != nil {}
            _ = Polling.readable([], within: 10)
        }
    }
}
