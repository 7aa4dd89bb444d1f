internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Stream sockets in the file system, and what only they can do.
package enum UnixSocket {
    /// Who is at the other end of a connection.
    package struct Peer: Sendable, Equatable {
        package let processID: Int32
        package let userID: UInt32
    }

    /// Listens at `path`, non-blocking. An old socket there is replaced in one step, so that a client meets either.
    package static func listen(at path: String, backlog: Int32 = 128) throws(PosixError) -> Descriptor {
        let socket = Descriptor(owning: try posix(cpx_unix_socket(), "socket"))
        let temporary = path + ".new"
        unlink(temporary)
        try withShortPath(temporary) { short throws(PosixError) in
            try posix(cpx_bind_unix(socket.raw, short), "bind \(temporary)")
        }
        try posix(chmod(temporary, 0o600), "chmod \(temporary)")
        try posix(Self.systemListen(socket.raw, backlog), "listen \(path)")
        try posix(rename(temporary, path), "rename \(temporary)")
        return socket
    }

    /// Connects to `path`; the connection is non-blocking.
    package static func connect(to path: String) throws(PosixError) -> Descriptor {
        let socket = Descriptor(owning: try posix(cpx_unix_socket(), "socket"))
        try withShortPath(path) { short throws(PosixError) in
            try posix(cpx_connect_unix(socket.raw, short), "connect \(path)")
        }
        return socket
    }

    /// The two ends of a connection within this machine, close-on-exec; the caller owns both.
    package static func pair() throws(PosixError) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        try posix(cpx_socketpair(&ends), "socketpair")
        return (ends[0], ends[1])
    }

    package static func peer(of connection: borrowing Descriptor) throws(PosixError) -> Peer {
        var pid: Int32 = 0
        var uid: UInt32 = 0
        try posix(cpx_peer(connection.raw, &pid, &uid), "SO_PEERCRED")
        return Peer(processID: pid, userID: uid)
    }

    /// Sends `bytes` (at least one) with copies of `descriptors` (at most 16); for small messages on a socket that is
    /// not full.
    package static func send(
        _ bytes: [UInt8], descriptors: [Int32], over connection: borrowing Descriptor
    ) throws(PosixError) {
        let sent = cpx_send_with_fds(connection.raw, bytes, bytes.count, descriptors, descriptors.count)
        try posix(sent, "sendmsg")
        if sent < bytes.count { try connection.writeAll(bytes[sent...]) }
    }

    /// Receives at most `limit` bytes and the descriptors that came with them, which the caller then owns.
    package static func receive(
        atMost limit: Int, from connection: borrowing Descriptor
    ) throws(PosixError) -> (bytes: [UInt8], descriptors: [Int32]) {
        var descriptors = [Int32](repeating: -1, count: 16)
        var count = 0
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            result = cpx_receive_with_fds(connection.raw, buffer.baseAddress, limit, &descriptors, 16, &count)
            filled = max(0, result)
        }
        try posix(result, "recvmsg")
        return (bytes, Array(descriptors.prefix(count)))
    }

    /// The kernel takes paths of at most 107 bytes: a longer one is reached through a descriptor of its folder.
    private static func withShortPath(
        _ path: String, _ body: (String) throws(PosixError) -> Void
    ) throws(PosixError) {
        guard path.utf8.count > 100, let slash = path.lastIndex(of: "/") else { return try body(path) }
        let folder = try Descriptor(opening: String(path[..<slash]), O_RDONLY | O_DIRECTORY)
        try body("/proc/self/fd/\(folder.raw)\(path[slash...])")
    }

    private static func systemListen(_ fd: Int32, _ backlog: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.listen(fd, backlog)
        #else
            Darwin.listen(fd, backlog)
        #endif
    }
}

/// TCP listeners and connections on addresses given as numbers.
package enum TCPSocket {
    /// Listens non-blocking; port 0 takes a free one. Throws `EADDRINUSE`, or `EACCES` for a privileged port.
    package static func listen(
        address: String, port: UInt16, ipv6: Bool = false, backlog: Int32 = 4096
    ) throws(PosixError) -> Descriptor {
        let socket = Descriptor(owning: try posix(cpx_tcp_socket(ipv6 ? 1 : 0), "socket"))
        try posix(cpx_bind_tcp(socket.raw, address, port, ipv6 ? 1 : 0), "bind \(address):\(port)")
        try posix(systemListen(socket.raw, backlog), "listen \(address):\(port)")
        return socket
    }

    /// Begins to connect; the connection is non-blocking. Whether it comes to be, the first bytes tell.
    package static func connect(address: String, port: UInt16, ipv6: Bool = false) throws(PosixError) -> Descriptor {
        let socket = Descriptor(owning: try posix(cpx_tcp_socket(ipv6 ? 1 : 0), "socket"))
        guard cpx_connect_tcp(socket.raw, address, port, ipv6 ? 1 : 0) != 0, errno != EINPROGRESS else { return socket }
        throw PosixError.last("connect \(address):\(port)")
    }

    package static func localPort(of socket: borrowing Descriptor) throws(PosixError) -> UInt16 {
        UInt16(try posix(cpx_local_port(socket.raw), "getsockname"))
    }

    private static func systemListen(_ fd: Int32, _ backlog: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.listen(fd, backlog)
        #else
            Darwin.listen(fd, backlog)
        #endif
    }
}
