internal import Posix

/// A port for a server, chosen once and kept in a file beside its data, so that URLs that were handed out go on leading
/// to it.
enum FreePort {
    /// The port of the file, else the first from `lowest` on that nobody has.
    ///
    /// - Parameter others: files of other servers, whose ports are theirs also while they are down.
    static func keep(in file: String, from lowest: UInt16, besides others: [String] = []) throws -> UInt16 {
        if let port = port(in: file) { return port }
        let taken = Set(others.compactMap { port(in: $0) })
        guard let port = (lowest...min(lowest + 999, .max - 1)).first(where: { !taken.contains($0) && isFree($0) })
        else { throw AddonFailure.noFreePort(from: lowest) }
        try FileTree.write(Array("\(port)\n".utf8), to: file)
        return port
    }

    /// What `make` makes of a server with a port of its own. Somebody may be faster to take the port that was free: then it
    /// is undone and made again with another, three times in all.
    static func claim<Made>(
        _ make: () async throws -> Made, undoing undo: () async throws -> Void
    ) async throws -> Made {
        var attempts = 3
        while true {
            do { return try await make() } catch {
                try? await undo()  // Why it does not run matters more.
                attempts -= 1
                guard attempts > 0 else { throw error }
            }
        }
    }

    /// A listener on loopback at the port of the file, else at the first from `lowest` on that can be had.
    ///
    /// - Returns: the port, and the listener's descriptor, which the caller owns.
    /// - Throws: ``AddonFailure/portTaken(_:)`` when somebody else has the port that was handed out.
    static func listen(
        keptIn file: String, from lowest: UInt16
    ) throws -> (port: UInt16, listener: Int32) {
        if let port = port(in: file) {
            do {
                return (port, try TCPSocket.listen(address: "127.0.0.1", port: port, backlog: 128).release())
            } catch {
                throw error.isTaken ? AddonFailure.portTaken(port) : error
            }
        }
        for port in lowest...min(lowest + 999, .max - 1) {
            // Taken: the next is tried.
            guard let listener = try? TCPSocket.listen(address: "127.0.0.1", port: port, backlog: 128) else { continue }
            try FileTree.write(Array("\(port)\n".utf8), to: file)
            return (port, listener.release())
        }
        throw AddonFailure.noFreePort(from: lowest)
    }

    static func port(in file: String) -> UInt16? {
        guard let text = try? FileTree.readText(file, limit: 16) else { return nil }
        return UInt16(text.prefix { $0.isNumber })
    }

    private static func isFree(_ port: UInt16) -> Bool {
        (try? TCPSocket.listen(address: "127.0.0.1", port: port)) != nil
    }
}
