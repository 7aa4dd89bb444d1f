internal import CPosix
internal import Posix

/// A listening TCP socket of this machine.
struct Listener: Equatable {
    var inode: UInt32
    /// Whose it is.
    var userID: UInt32 = 0
    var port: UInt16
    /// 4 bytes, or 16 of IPv6.
    var address: [UInt8]
    /// Takes IPv6 alone, where an address of all zeros else takes IPv4 too.
    var isIPv6Only = false
    /// Connections that the kernel has made and nobody has accepted.
    var queued: UInt32 = 0

    var isIPv6: Bool { address.count == 16 }
    var isEverywhere: Bool { address.allSatisfy { $0 == 0 } }
    var isLoopback: Bool { isIPv6 ? address.dropLast().allSatisfy { $0 == 0 } && address.last == 1 : address[0] == 127 }

    /// `127.0.0.1`, `fe80:0:0:0:0:0:0:1`.
    var addressText: String {
        guard isIPv6 else { return address.map(String.init).joined(separator: ".") }
        if isEverywhere { return "::" }
        if isLoopback { return "::1" }
        let words = stride(from: 0, to: 16, by: 2).map { UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]) }
        return words.map { String($0, radix: 16) }.joined(separator: ":")
    }

    static func all() -> [Listener] {
        var capacity: Int32 = 256
        while true {
            var raw = [cpx_listener](repeating: cpx_listener(), count: Int(capacity))
            let count = cpx_listeners(&raw, capacity)
            if count < 0 { return fromTables() }
            if count <= capacity { return raw.prefix(Int(count)).map(Listener.init) }
            capacity = count + 64
        }
    }

    private init(_ raw: cpx_listener) {
        let bytes = withUnsafeBytes(of: raw.address) { Array($0) }
        self.init(
            inode: raw.inode, userID: raw.uid, port: raw.port, address: raw.ipv6 != 0 ? bytes : Array(bytes.prefix(4)),
            isIPv6Only: raw.ipv6_only != 0, queued: raw.queued)
    }

    init(
        inode: UInt32, userID: UInt32 = 0, port: UInt16, address: [UInt8], isIPv6Only: Bool = false, queued: UInt32 = 0
    ) {
        self.inode = inode
        self.userID = userID
        self.port = port
        self.address = address
        self.isIPv6Only = isIPv6Only
        self.queued = queued
    }

    /// Where the kernel's netlink interface is closed to us.
    ///
    /// - Parameter folder: that of another process for its network.
    static func fromTables(_ folder: String = "/proc/net") -> [Listener] {
        ["\(folder)/tcp", "\(folder)/tcp6"].flatMap { path in
            let text = (try? FileTree.readText(path)) ?? ""
            return text.split(separator: "\n").dropFirst().compactMap(parse)
        }
    }

    private static func parse(_ line: Substring) -> Listener? {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == "0A", let inode = UInt32(fields[9]) else { return nil }
        let parts = fields[1].split(separator: ":")
        let queues = fields[4].split(separator: ":")
        guard parts.count == 2, queues.count == 2, let port = UInt16(parts[1], radix: 16),
            parts[0].count == 8 || parts[0].count == 32
        else { return nil }
        // Addresses are words in the machine's byte order, written as hexadecimal numbers.
        var address: [UInt8] = []
        var rest = parts[0]
        while let word = UInt32(rest.prefix(8), radix: 16) {
            withUnsafeBytes(of: word) { address.append(contentsOf: $0) }
            rest = rest.dropFirst(8)
        }
        return Listener(
            inode: inode, userID: UInt32(fields[7]) ?? 0, port: port, address: address,
            queued: UInt32(queues[1], radix: 16) ?? 0)
    }
}

/// A listening Unix socket that has a name in the file system.
struct UnixListener: Equatable {
    var inode: UInt32
    /// As its program named it.
    var path: String

    static func all() -> [UnixListener] {
        let text = (try? FileTree.readText("/proc/net/unix")) ?? ""
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 7)
            // 00010000: it accepts connections. A name that begins with `@` is in no file system.
            guard fields.count == 8, fields[3] == "00010000", fields[7].hasPrefix("/"), let inode = UInt32(fields[6])
            else { return nil }
            return UnixListener(inode: inode, path: String(fields[7]))
        }
    }
}
