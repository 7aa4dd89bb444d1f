internal import Posix

/// A port for a server, chosen once and kept in a file beside its data, so that URLs that were handed out go on leading
/// to it.
enum FreePort {
    /// The port of the file, else the first from `lowest` on that nobody has.
    static func keep(in file: String, from lowest: UInt16) throws -> UInt16 {
        if let text = try? FileTree.readText(file, limit: 16), let port = UInt16(text.prefix { $0.isNumber }) {
            return port
        }
        guard let port = (lowest...min(lowest + 999, .max - 1)).first(where: isFree) else {
            throw AddonFailure.noFreePort(from: lowest)
        }
        try FileTree.write(Array("\(port)\n".utf8), to: file)
        return port
    }

    private static func isFree(_ port: UInt16) -> Bool {
        (try? TCPSocket.listen(address: "127.0.0.1", port: port)) != nil
    }
}
