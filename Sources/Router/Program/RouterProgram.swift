internal import Posix

/// `paas-router CONTROL_SOCKET_PATH [USER_ID]`: carries requests until it is told to stop, whether the daemon lives or
/// not. Started by root it becomes that user, before it has heard a byte of anybody's.
package enum RouterProgram {
    /// - Returns: the exit status.
    package static func run(_ arguments: [String]) -> Int32 {
        let user = arguments.count == 3 ? UInt32(arguments[2]) : nil
        guard arguments.count == 2 || user != nil else {
            complain("usage: paas-router CONTROL_SOCKET_PATH [USER_ID]")
            return 64
        }
        ProcessLimits.raiseDescriptors()
        ProcessLimits.keepFilesPrivate()
        do {
            var settings = RouterSettings.standard
            // Made by its starter, so that the daemon sees whose socket it is, and nobody else may open it.
            let owner = Environment.userID
            let socket = try UnixSocket.listen(at: arguments[1])
            if let user {
                settings.socketFolder = try enterFolder(of: arguments[1])
                try ProcessLimits.giveUpRoot(toBecome: user)
            }
            // The daemon's terminal may go away, and so may the daemon: neither is a reason to stop.
            let signals = Signals.stream(of: [Signals.terminate, Signals.interrupt, Signals.hangup])
            Signals.ignoreBrokenPipes()
            let server = try ControlServer(socket, at: arguments[1], owner: owner, settings: settings)
            // Ends with the process.
            Task.detached { for await signal in signals where signal == Signals.terminate { server.stop() } }
            server.run()
            return 0
        } catch {
            complain("\(error)")
            return 1
        }
    }

    /// Makes the socket's folder the working directory: the folders above it may be closed to the router's user.
    ///
    /// - Returns: that folder.
    private static func enterFolder(of path: String) throws(PosixError) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try Environment.enter(folder)
        return folder
    }

    /// To the router's own log; there is nobody to tell when that fails.
    static func complain(_ text: String) { try? StandardStream.write(Array("paas-router: \(text)\n".utf8), to: 2) }
}
