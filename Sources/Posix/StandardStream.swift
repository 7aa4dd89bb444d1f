internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The three descriptors that a program is started with; nobody owns them, so nobody closes them.
package enum StandardStream {
    /// Opens the null device where one of the three was closed (`paas run … <&-`).
    ///
    /// Otherwise the next socket or file would get its number, and be taken for it. Call it before anything is opened.
    package static func openMissing() {
        for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) < 0 {
            // It gets the lowest free number, which is this one; what this program starts shall have it too.
            guard let opened = try? Descriptor(opening: "/dev/null", O_RDWR).release() else { return }
            _ = fcntl(opened, F_SETFD, 0)
        }
    }

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
