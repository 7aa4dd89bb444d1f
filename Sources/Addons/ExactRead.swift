internal import Posix

/// Reads answers whose length is known from connections that do not block.
enum ExactRead {
    /// - Returns: as many bytes as were asked for. Blocks until they are there.
    /// - Throws: ``AddonFailure`` when the connection ends, or nothing comes for that long.
    static func bytes(
        _ count: Int, from connection: borrowing Descriptor, within patience: Duration
    ) throws -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count {
            guard let part = try connection.readIfReady(atMost: count - all.count) else {
                let milliseconds = Int(patience.components.seconds) * 1000
                guard !Polling.readable([connection.raw], within: milliseconds).isEmpty else {
                    throw AddonFailure.failed("The server does not answer", reason: "Nothing came in \(patience)")
                }
                continue
            }
            guard !part.isEmpty else {
                throw AddonFailure.failed("The server does not answer", reason: "It ended the connection")
            }
            all += part
        }
        return all
    }
}
