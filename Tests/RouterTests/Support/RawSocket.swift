import Posix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A TCP connection as a test sees it: bytes out, bytes in, with five seconds of patience.
final class RawSocket: @unchecked Sendable {  // One thread at a time uses it.
    let descriptor: Int32
    private(set) var received: [UInt8] = []

    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = try posix(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), "socket")
        if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try posix(result, "connect \(port)")
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Another hand on the same connection, for a thread of its own.
    convenience init(sharing other: RawSocket) throws {
        self.init(owning: try posix(dup(other.descriptor), "dup"))
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { _ = sends(bytes) }

    /// - Returns: `false` when the other side took nothing for as long as patience lasts, or has gone.
    func sends(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends with a reset instead of an orderly close.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Reads once; `nil` at the end, after an error, or when patience is over.
    func readSome() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Everything until the end.
    func readAll() -> String {
        while let bytes = readSome() { received += bytes }
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Reads until `mark`, and gives what came up to its end; what follows stays for the next call.
    func read(through mark: String) -> String {
        let wanted = Array(mark.utf8)
        while true {
            if let end = Self.find(wanted, in: received) {
                defer { received.removeFirst(end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            guard let bytes = readSome() else {
                defer { received = [] }
                return String(decoding: received, as: UTF8.self)
            }
            received += bytes
        }
    }

    func read(count: Int) -> [UInt8] {
        while received.count < count, let bytes = readSome() { received += bytes }
        let taken = min(count, received.count)
        defer { received.removeFirst(taken) }
        return Array(received[..<taken])
    }

    /// One message with a head and a Content-Length, if any.
    func readMessage() -> (head: String, body: String) {
        let head = read(through: "\r\n\r\n")
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].filter { $0 != " " }) }
        return (head, String(decoding: read(count: length ?? 0), as: UTF8.self))
    }

    private static func find(_ wanted: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
            if Array(bytes[start..<start + wanted.count]) == wanted { return start + wanted.count }
        }
        return nil
    }
}
