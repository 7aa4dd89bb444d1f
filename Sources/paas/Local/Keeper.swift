import Console
import Posix

/// Starts the processes of a plan, shows what they say, and ends when nothing is left of them.
///
/// All on one thread: what is written comes in the order in which it was read, and a slow terminal slows the processes
/// down instead of filling memory.
final class Keeper {
    /// How long processes may take to end before SIGKILL.
    static let grace: UInt64 = 5_000_000_000
    /// What may be left of a process's output when it has ended and something it started still holds the pipe.
    private static let lastWords: UInt64 = 200_000_000
    /// A signal comes more than once when a whole process group gets it; only later ones mean impatience.
    private static let impatience: UInt64 = 500_000_000

    /// All times are those of ``Moment/monotonicNanoseconds``.
    private enum Phase: Equatable {
        case running
        /// Everything was told to end.
        case stopping(since: UInt64, until: UInt64)
        /// It had its time.
        case killing(since: UInt64)
    }

    private let plan: LocalPlan
    private let show: KeeperOutput
    private let signals: KeeperSignals
    private var processes: [KeptProcess] = []
    private var phase = Phase.running
    private var exitCode: Int32 = 0
    private var hasToldRest = false

    init(_ plan: LocalPlan) throws {
        self.plan = plan
        show = KeeperOutput()
        signals = try KeeperSignals()
    }

    /// - Parameter heard: signals that came together with the plan.
    /// - Returns: 0, or 128 and the number of the signal that ended it all, if that was not Ctrl-C.
    func run(heard: [Int32]) throws -> Int32 {
        start()
        for number in heard { interrupt(number) }
        while !isDone {
            let ready = Polling.readable(signals.descriptors + processes.flatMap(\.descriptors), within: patience)
            for process in processes { process.hear(ready, show) }
            if show.isCutOff { stop(Signals.terminate) }
            for number in signals.take(ready) { interrupt(number) }
            while let (pid, end) = Subprocess.reapAny() { processes.first { $0.pid == pid }?.ended(end, at: now) }
            for process in processes where process.isAboutToSettle(now, within: Self.lastWords) { settle(process) }
            press()
        }
        return exitCode
    }

    private var now: UInt64 { Moment.monotonicNanoseconds }
    private var haveAllSettled: Bool { processes.allSatisfy(\.hasSettled) }

    /// Milliseconds until something has to be looked at that no descriptor tells.
    private var patience: Int? {
        phase == .running && !processes.contains { $0.end != nil && !$0.hasSettled } ? nil : 20
    }

    private func start() {
        for process in plan.processes {
            let prefix = ProcessPrefix(name: process.name, width: plan.nameWidth, colour: process.colour)
            do {
                processes.append(try KeptProcess(process, prefix))
            } catch {
                show.fail("\(process.name) could not be started: \(error.reason)")
                exitCode = 1
                return stop(Signals.terminate)
            }
        }
    }

    private func settle(_ process: KeptProcess) {
        process.settle(show)
        if case .signal(let number) = process.end { stop(number) } else { stop(Signals.interrupt) }
    }

    // MARK: Ending

    private func interrupt(_ number: Int32) {
        switch phase {
        case .running:
            if number == Signals.interrupt { show.warn("Interrupted by User") } else { exitCode = 128 + number }
            stop(number)
        case .stopping(let since, _) where now - since > Self.impatience:
            show.warn("Interrupted again: what is left is killed")
            phase = .killing(since: now)
        case .stopping, .killing: return
        }
    }

    /// Hands a signal to everything that runs, once.
    private func stop(_ number: Int32) {
        guard phase == .running else { return }
        phase = .stopping(since: now, until: now + Self.grace)
        show.done("Killing all processes with signal  \(Signals.name(of: number))")
        for process in processes where process.end == nil { Subprocess.signalGroup(of: process.pid, number) }
        // What the first one left behind in its group, whose number may be another's when that is empty.
        let ended = Set(processes.filter { $0.end != nil }.map(\.pid))
        for member in Descendants.living() where ended.contains(member.group) { Descendants.signal(member, number) }
    }

    /// Sees to it that what was told to end does.
    private func press() {
        switch phase {
        case .running: return
        case .stopping(_, let until):
            if haveAllSettled, !hasToldRest {
                // What has cut itself loose has heard nothing yet.
                hasToldRest = true
                for member in Descendants.living() { Descendants.signal(member, Signals.terminate) }
            }
            if now > until { phase = .killing(since: now) }
        case .killing:
            for process in processes where process.end == nil { Subprocess.signalGroup(of: process.pid, Signals.kill) }
            for member in Descendants.living() { Descendants.signal(member, Signals.kill) }
        }
    }

    /// Whether nothing is left, or what is left cannot be ended.
    private var isDone: Bool {
        guard haveAllSettled, phase != .running || processes.isEmpty else { return false }
        let left = Descendants.living()
        if left.isEmpty { return true }
        guard case .killing(let since) = phase, now - since > Self.grace else { return false }
        show.warn("Could not be ended: \(left.map { String($0.pid) }.sorted().joined(separator: ", "))")
        return true
    }
}
