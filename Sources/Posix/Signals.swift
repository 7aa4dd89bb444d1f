#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Signals as values in a stream instead of handlers.
package enum Signals {
    package static let hangup = SIGHUP
    package static let interrupt = SIGINT
    package static let quit = SIGQUIT
    package static let terminate = SIGTERM
    package static let suspend = SIGTSTP
    package static let kill = SIGKILL
    package static let stop = SIGSTOP
    package static let goOn = SIGCONT
    package static let childEnded = SIGCHLD
    package static let windowChange = SIGWINCH

    /// Delivers `numbers` in order, on a thread of its own; call it once, first thing.
    ///
    /// A handler rather than a blocked mask that somebody waits on: libdispatch parks the main thread of an
    /// asynchronous program with nothing blocked, where a signal without a handler ends the process. Blocked they are
    /// as well, in this thread and those it starts from now on, so that no system call of theirs is interrupted.
    package static func stream(of numbers: [Int32]) -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        var ends: [Int32] = [-1, -1]
        precondition(inbox < 0 && pipe(&ends) == 0, "the first stream, in a program that has descriptors left")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        inbox = ends[1]
        let outbox = ends[0]

        var blocked = sigset_t()
        sigemptyset(&blocked)
        for number in numbers {
            sigaddset(&blocked, number)
            signal(number) { number in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(inbox, &byte, 1)
                errno = code
            }
        }
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        let numbers = blocked
        startThread(named: "paas-signals") {
            var numbers = numbers
            pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
            var byte: UInt8 = 0
            while true {
                if read(outbox, &byte, 1) == 1 { continuation.yield(Int32(byte)) }
            }
        }
        return stream
    }

    /// Stops this process, as Ctrl-Z does; returns when it is let go on.
    package static func stopThisProcess() { raise(SIGSTOP) }

    /// `SIGINT`; for numbers without a name of their own `signal 40`.
    package static func name(of number: Int32) -> String {
        let names: [Int32: String] = [
            SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
            SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
            SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
            SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGSYS: "SIGSYS",
        ]
        return names[number] ?? "signal \(number)"
    }

    /// Writing to a terminal from the background works, whatever `stty tostop` says.
    package static func writeFromBackground() { signal(SIGTTOU, SIG_IGN) }

    /// Writing to a pipe or socket that nobody reads is an error of the write, not the end of the process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}

/// Where the handlers put what came. Written before the first of them is in place, and never again.
nonisolated(unsafe) private var inbox: Int32 = -1
