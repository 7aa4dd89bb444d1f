#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Signals as values in a stream instead of handlers.
package enum Signals {
    package static let hangup = SIGHUP
    package static let interrupt = SIGINT
    package static let terminate = SIGTERM
    package static let windowChange = SIGWINCH

    /// Blocks `numbers` in this thread and those it starts from now on, and delivers them in order; call it first thing.
    package static func stream(of numbers: [Int32]) -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        startThread(named: "paas-signals") {
            var set = sigset_t()
            sigemptyset(&set)
            for number in numbers { sigaddset(&set, number) }
            while true {
                var number: Int32 = 0
                if sigwait(&set, &number) == 0 { continuation.yield(number) }
            }
        }
        return stream
    }

    /// Writing to a pipe or socket that nobody reads is an error of the write, not the end of the process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}
