/// The three descriptors that a program is started with; nobody owns them, so nobody closes them.
package enum StandardStream {
    /// Waits for at most `limit` bytes; empty at the end.
    package static func read(_ descriptor: Int32, atMost limit: Int) throws(PosixError) -> [UInt8] {
        let stream = Descriptor(owning: descriptor)
        do {
            let bytes = try stream.read(atMost: limit)
            _ = stream.release()
            return bytes
        } catch {
            _ = stream.release()
            throw error
        }
    }

    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(PosixError) {
        let stream = Descriptor(owning: descriptor)
        do {
            try stream.writeAll(bytes)
            _ = stream.release()
        } catch {
            _ = stream.release()
            throw error
        }
    }
}
