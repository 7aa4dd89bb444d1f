import Posix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds a TCP port of the loopback address that nobody listens on.
package enum FreePort {
    package static func find() throws -> UInt16 {
        let socket = Descriptor(owning: try posix(TCPSocket.make(), "socket"))
        var address = TCPSocket.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try posix(bind(socket.raw, address, length), "bind")
                try posix(getsockname(socket.raw, address, &length), "getsockname")
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// The few socket calls that tests make themselves, so that what they measure is not what they test.
enum TCPSocket {
    static func make() -> Int32 {
        #if canImport(Glibc)
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            socket(AF_INET, SOCK_STREAM, 0)
        #endif
    }

    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Connects to a loopback port; reads and writes give up after `limit` seconds.
    static func connected(to port: UInt16, limit: Int = 60) throws -> Descriptor {
        let socket = Descriptor(owning: try posix(make(), "socket"))
        var patience = timeval(tv_sec: limit, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket.raw, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(socket.raw, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var address = loopback(port: port)
        try withUnsafePointer(to: &address) { pointer in
            _ = try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try posix(connect(socket.raw, address, socklen_t(MemoryLayout<sockaddr_in>.size)), "connect \(port)")
            }
        }
        return socket
    }
}
