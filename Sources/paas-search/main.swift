internal import Posix
internal import Search

Signals.ignoreBrokenPipes()
ProcessLimits.keepFilesPrivate()
ProcessLimits.raiseDescriptors()

do {
    try await SearchProgram.run(CommandLine.arguments)
    Environment.exit(0)
} catch {
    print("paas-search: \(error)")
    Environment.exit(1)
}
