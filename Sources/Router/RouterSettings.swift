internal import Posix

/// The router's numbers. Source: heroku-platform.md §10.1.
package struct RouterSettings: Sendable {
    /// Threads that carry requests.
    package var loops: Int
    /// A connection without a request, or with an unfinished one.
    package var clientIdle: Duration = .seconds(60)
    package var connect: Duration = .seconds(5)
    package var firstByte: Duration = .seconds(30)
    /// The rolling window after the first byte.
    package var silence: Duration = .seconds(55)
    /// How long a request waits for its app to start.
    package var held: Duration = .seconds(75)
    /// A pooled connection to a dyno.
    package var upstreamIdle: Duration = .seconds(90)
    /// How long a client that has had its answer may go on sending before it is cut off.
    package var linger: Duration = .seconds(2)
    /// How long a dyno that could not be reached is the last choice.
    package var quarantine: Duration = .seconds(5)
    /// How long requests in flight may take to finish when the router is told to stop.
    package var grace: Duration = .seconds(5)
    /// Requests that one loop holds for starting apps; more are answered H11.
    package var heldLimit = 1000
    /// How often a request may have come through this router before, by its Via fields.
    package var passLimit = 16
    /// Idle connections kept for each dyno by each loop.
    package var poolLimit = 256
    /// Pipes of each loop, through which large bodies go uncopied; a body that finds none free is copied. Those of all
    /// loops take a quarter of what a user may have of them.
    package var pipeLimit = 64
    /// Access records kept while no daemon is connected, in bytes.
    package var recordLimit = 4 << 20

    /// The working directory, from where the sockets below it are reached; `nil` when they are reached by their whole
    /// paths.
    package var socketFolder: String?

    package init(loops: Int) {
        self.loops = loops
        pipeLimit = 64 / max(1, loops)
    }

    /// What the program uses: a loop a core, one where the dynos need the other.
    package static var standard: RouterSettings {
        let cores = ProcessLimits.usableCores
        return RouterSettings(loops: cores <= 2 ? 1 : min(cores, 4))
    }
}

extension Duration {
    /// Rounded down, never negative.
    var milliseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }
}
