import APISchema
import Posix

// Signals first: threads that are started later inherit what is blocked here.
let signals = Signals.stream(of: [Signals.terminate, Signals.interrupt, Signals.hangup])
Signals.ignoreBrokenPipes()
ProcessLimits.keepFilesPrivate()
ProcessLimits.raiseDescriptors()

do {
    let options = try DaemonOptions(arguments: Array(CommandLine.arguments.dropFirst()))
    let daemon = try await Daemon(options)
    await daemon.run(until: signals)
    Environment.exit(0)
} catch DaemonError.alreadyRunning(let home) {
    Journal.fatal(DaemonError.alreadyRunning(home: home))
    Environment.exit(DaemonExit.homeIsTaken)
} catch {
    Journal.fatal(error)
    Environment.exit(1)
}
