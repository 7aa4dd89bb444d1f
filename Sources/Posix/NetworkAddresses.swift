#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The addresses that this machine has.
package enum NetworkAddresses {
    /// Those at which other machines may reach it, as text; without IPv6 addresses of one link only.
    package static func reachable() -> [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: [String] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ifa_next
            let flags = Int32(bitPattern: entry.pointee.ifa_flags)
            guard flags & Int32(IFF_UP_FLAG) != 0, flags & Int32(IFF_LOOPBACK_FLAG) == 0,
                let address = entry.pointee.ifa_addr, let text = text(address), !text.hasPrefix("fe80:"),
                !found.contains(text)
            else { continue }
            found.append(text)
        }
        return found
    }

    // Source: netdevice(7); the headers make an enum of them that Swift does not count with.
    private static let IFF_UP_FLAG = 0x1
    private static let IFF_LOOPBACK_FLAG = 0x8

    private static func text(_ address: UnsafeMutablePointer<sockaddr>) -> String? {
        let size: Int
        switch Int32(address.pointee.sa_family) {
        case AF_INET: size = MemoryLayout<sockaddr_in>.size
        case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        var host = [CChar](repeating: 0, count: 64)
        guard getnameinfo(address, socklen_t(size), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        let bytes = host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self)
    }
}
