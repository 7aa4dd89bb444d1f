import Posix

// Signals first: threads that are started later inherit what is blocked here.
let signals = Signals.stream(of: [Signals.terminate, Signals.interrupt, Signals.hangup])
Signals.ignoreBrokenPipes()
ThisProcess.keepFilesPrivate()
ThisProcess.raiseDescriptorLimit()

do {
    let options = try DaemonOptions(arguments: Array(ThisProcess.arguments.dropFirst()))
    let daemon = try await Daemon(options)
    await daemon.run(until: signals)
    ThisProcess.end(0)
} catch {
    Journal.fatal(error)
    ThisProcess.end(1)
}
