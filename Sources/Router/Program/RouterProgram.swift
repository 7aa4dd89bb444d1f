internal import Posix

/// `paas-router CONTROL_SOCKET_PATH`: carries requests until it is told to stop, whether the daemon lives or not.
package enum RouterProgram {
    /// - Returns: the exit status.
    package static func run(_ arguments: [String]) -> Int32 {
        guard arguments.count == 2 else {
            complain("usage: paas-router CONTROL_SOCKET_PATH")
            return 64
        }
        // The daemon's terminal may go away, and so may the daemon: neither is a reason to stop.
        let signals = Signals.stream(of: [Signals.terminate, Signals.interrupt, Signals.hangup])
        Signals.ignoreBrokenPipes()
        ProcessLimits.raiseDescriptors()
        ProcessLimits.keepFilesPrivate()
        do {
            let server = try ControlServer(socket: arguments[1], settings: .standard)
            // Ends with the process.
            Task.detached { for await signal in signals where signal == Signals.terminate { server.stop() } }
            server.run()
            return 0
        } catch {
            complain("\(error)")
            return 1
        }
    }

    /// To the router's own log; there is nobody to tell when that fails.
    static func complain(_ text: String) { try? StandardStream.write(Array("paas-router: \(text)\n".utf8), to: 2) }
}
