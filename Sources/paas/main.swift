import Console
import Posix

StandardStream.openMissing()
let arguments = Array(CommandLine.arguments.dropFirst())

// Asked for by scripts and editors all the time: answered before anything else is set up.
if let first = arguments.first, ["--version", "-v", "version"].contains(first) {
    Terminal.standard.print(VersionText.line)
    Environment.exit(0)
}

// `await` out here would hand this thread to libdispatch, which ends it, and unwinding a thread's stack makes a static
// executable sort the frame tables of the whole program first: 20 ms, more than most commands take.
Task.detached { [arguments] in await Environment.exit(Program.run(arguments)) }
Environment.waitForExit()
