internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// An open file descriptor with one owner, which closes it.
package struct Descriptor: ~Copyable, Sendable {
    /// The number, for calls; it stays owned by this value.
    package let raw: Int32

    /// Takes the ownership of `raw`.
    package init(owning raw: Int32) { self.raw = raw }

    deinit { if raw >= 0 { close(raw) } }

    /// Opens `path`, close-on-exec always.
    package init(
        opening path: String, _ flags: Int32 = O_RDONLY, mode: UInt32 = 0o600
    ) throws(PosixError) {
        self.init(owning: try posix(cpx_open(path, flags, mode), "open \(path)"))
    }

    /// Hands the number over to somebody else, who has to close it.
    package consuming func release() -> Int32 {
        let number = raw
        discard self
        return number
    }

    package borrowing func duplicate() throws(PosixError) -> Descriptor {
        Descriptor(owning: try posix(fcntl(raw, F_DUPFD_CLOEXEC, 0), "dup"))
    }

    /// Reads at most `limit` bytes; empty at the end. Throws `EAGAIN` when non-blocking and nothing is there.
    package borrowing func read(atMost limit: Int) throws(PosixError) -> [UInt8] {
        guard let bytes = try readIfReady(atMost: limit) else { throw PosixError(EAGAIN, "read") }
        return bytes
    }

    /// As ``read(atMost:)``, but `nil` when a non-blocking descriptor has nothing yet.
    package borrowing func readIfReady(atMost limit: Int) throws(PosixError) -> [UInt8]? {
        while true {
            var result = -1
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                result = Self.read(raw, buffer.baseAddress, limit)
                count = max(0, result)
            }
            if result >= 0 { return bytes }
            let error = PosixError.last("read")
            switch error.code {
            case EINTR: continue
            case EAGAIN: return nil
            default: throw error
            }
        }
    }

    /// Reads to the end; for files and pipes whose size is bounded by `limit` bytes.
    package borrowing func readAll(limit: Int = .max) throws(PosixError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let part = try read(atMost: 65_536)
            if part.isEmpty { return all }
            all += part
            guard all.count <= limit else { throw PosixError(EFBIG, "read") }
        }
    }

    /// Writes all of `bytes`, waiting where a non-blocking descriptor asks to.
    package borrowing func writeAll(_ bytes: some Collection<UInt8>) throws(PosixError) { try writeAll(Array(bytes)) }

    /// The same for an array: without what a generic function costs the process that runs it.
    package borrowing func writeAll(_ bytes: [UInt8]) throws(PosixError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.write(raw, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            let error = PosixError.last("write")
            switch error.code {
            case EINTR: continue
            case EAGAIN:
                var waiting = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            default: throw error
            }
        }
    }

    private static func read(_ fd: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(fd, bytes, count)
        #else
            Darwin.read(fd, bytes, count)
        #endif
    }
    private static func write(_ fd: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(fd, bytes, count)
        #else
            Darwin.write(fd, bytes, count)
        #endif
    }
}
