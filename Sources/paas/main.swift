import Console
import Posix

StandardStream.openMissing()
let arguments = Array(CommandLine.arguments.dropFirst())

// Asked for by scripts and editors all the time: answered before anything else is set up.
if let first = arguments.first, ["--version", "-v", "version"].contains(first) {
    Terminal.standard.print(VersionText.line)
    Environment.exit(0)
}

await Environment.exit(Program.run(arguments))
