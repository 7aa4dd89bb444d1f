internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The router's end of the connection with its daemon; never waits.
final class ControlConnection {
    let descriptor: Descriptor
    private var input = ControlInput()
    private var output: [UInt8] = []
    private var sent = 0

    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    var outputCount: Int { output.count - sent }
    var hasOutput: Bool { outputCount > 0 }

    func queue(_ frame: [UInt8]) { output += frame }

    /// - Returns: `false` at the connection's end.
    func receive() throws -> Bool {
        while true {
            do {
                let (bytes, descriptors) = try UnixSocket.receive(atMost: 262_144, from: descriptor)
                if bytes.isEmpty { return false }
                input.add(bytes, descriptors)
            } catch {
                guard error.isAgain else { throw error }
                return true
            }
        }
    }

    func nextMessage() throws -> ControlMessage? { try input.next() }

    func take(_ count: Int) throws -> [Int32] { try input.take(count) }

    /// Sends what the socket takes now.
    ///
    /// - Returns: `false` when the daemon has gone.
    func send() -> Bool {
        while hasOutput {
            let count = output.withUnsafeBytes { bytes in
                Glibc.send(descriptor.raw, bytes.baseAddress.map { $0 + sent }, outputCount, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                return false
            }
        }
        if sent > 1 << 20 || !hasOutput {
            output.removeFirst(sent)
            sent = 0
        }
        return true
    }

    /// Gives the last lines a moment to leave.
    func finish(within milliseconds: Int32) {
        guard send(), hasOutput else { return }
        var waiting = pollfd(fd: descriptor.raw, events: Int16(POLLOUT), revents: 0)
        while hasOutput, poll(&waiting, 1, milliseconds) > 0 { guard send() else { return } }
    }
}
