internal import Posix
internal import Router

Environment.exit(RouterProgram.run(CommandLine.arguments))
