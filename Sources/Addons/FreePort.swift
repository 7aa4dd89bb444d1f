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

    private static func port(in file: String) -> UInt16? {
        guard let text = try? FileTree.readText(file, limit: 16) else { return nil }
        return UInt16(text.prefix { $0.isNumber })
    }

    private static func isFree(_ port: UInt16) -> Bool {
        (try? TCPSocket.listen(address: "127.0.0.1", port: port)) != nil
    }
}
