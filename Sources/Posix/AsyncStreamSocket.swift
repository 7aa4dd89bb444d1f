internal import CPosix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A non-blocking stream (socket, pipe, terminal) that tasks read and write through a ``Reactor``.
///
/// One task may read and one may write at the same time: two descriptors of the same stream keep them apart.
package final class AsyncStreamSocket: Sendable {
    private let reading: Descriptor
    private let writing: Descriptor
    private let reactor: Reactor
    /// What was read too far; comes first at the next read.
    private let ahead = Mutex<[UInt8]>([])

    /// - Parameter descriptor: is made non-blocking.
    package init(_ descriptor: consuming Descriptor, reactor: Reactor) throws(PosixError) {
        let flags = try posix(fcntl(descriptor.raw, F_GETFL), "fcntl")
        try posix(fcntl(descriptor.raw, F_SETFL, flags | O_NONBLOCK), "fcntl")
        let second = try descriptor.duplicate()
        writing = second
        reading = descriptor
        self.reactor = reactor
    }

    /// Some bytes, at most `limit`; empty at the end of the stream.
    package func read(atMost limit: Int = 65_536) async throws -> [UInt8] {
        let early = ahead.withLock { ahead in
            let part = Array(ahead.prefix(limit))
            ahead.removeFirst(part.count)
            return part
        }
        if !early.isEmpty { return early }
        while true {
            if let bytes = try reading.readIfReady(atMost: limit) { return bytes }
            try await reactor.wait(reading.raw, for: .readable)
        }
    }

    /// Gives bytes back that were read too far; the next read returns them, before everything else.
    package func unread(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        ahead.withLock { $0.insert(contentsOf: bytes, at: 0) }
    }

    /// Writes all of `bytes`, waiting while the other side does not read.
    package func write(_ bytes: some Collection<UInt8> & Sendable) async throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(writing.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            let error = PosixError.last("send")
            switch error.code {
            case EINTR: continue
            case EAGAIN: try await reactor.wait(writing.raw, for: .writable)
            default: throw error
            }
        }
    }

    /// No more bytes will be written; the other side reads an end.
    package func finishWriting() { shutdown(writing.raw, Int32(SHUT_WR)) }

    /// Ends both directions, also for a task that is waiting to read.
    package func close() { shutdown(reading.raw, Int32(SHUT_RDWR)) }

    /// Borrows the descriptor for a call that needs it, for example to see who is at the other end.
    package func withDescriptor<Result>(_ body: (borrowing Descriptor) throws -> Result) rethrows -> Result {
        try body(reading)
    }
}

/// Accepts connections, one after the other.
package struct AsyncListener: ~Copyable, Sendable {
    private let descriptor: Descriptor
    private let reactor: Reactor

    package init(_ descriptor: consuming Descriptor, reactor: Reactor) {
        self.descriptor = descriptor
        self.reactor = reactor
    }

    /// The next connection; waits until there is one, and a moment when the process has no descriptor left.
    package borrowing func accept() async throws -> AsyncStreamSocket {
        while true {
            let connection = cpx_accept(descriptor.raw)
            if connection >= 0 { return try AsyncStreamSocket(Descriptor(owning: connection), reactor: reactor) }
            let error = PosixError.last("accept")
            switch error.code {
            case EAGAIN: try await reactor.wait(descriptor.raw, for: .readable)
            case EMFILE, ENFILE, ENOMEM, ENOBUFS: try await Task.sleep(for: .milliseconds(50))
            case EINTR, ECONNABORTED: continue
            default: throw error
            }
        }
    }
}
