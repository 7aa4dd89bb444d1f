internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A small file of the kernel's that is read over and over: opened once, read from its start each time.
final class KeptFile {
    private let descriptor: Descriptor

    /// - Returns: `nil` when it cannot be opened.
    init?(_ path: String) {
        guard let descriptor = try? Descriptor(opening: path) else { return nil }
        self.descriptor = descriptor
    }

    /// What it says now; empty when it has gone, as the files of a process do.
    func bytes(atMost limit: Int = 256) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, pread(descriptor.raw, buffer.baseAddress, limit, 0))
        }
    }

    /// The numbers in it, one after the other; words are passed over.
    func numbers(atMost limit: Int = 256) -> [UInt64] { Self.numbers(in: bytes(atMost: limit)) }

    /// The first number; 0 where there is none.
    var number: UInt64 { numbers().first ?? 0 }

    /// The number after `name` in a list of `name number` lines, `name: number kB` in /proc.
    func value(_ name: String, atMost limit: Int = 8192) -> UInt64? { Self.value(name, in: bytes(atMost: limit)) }

    static func value(_ name: String, in bytes: [UInt8]) -> UInt64? {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let key = line.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ":") }
            if key.elementsEqual(name.utf8) { return numbers(in: Array(line.dropFirst(key.count))).first }
        }
        return nil
    }

    static func numbers(in bytes: [UInt8]) -> [UInt64] {
        var numbers: [UInt64] = []
        var current: UInt64?
        for byte in bytes {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                current = (current ?? 0) &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
            } else if let number = current {
                numbers.append(number)
                current = nil
            }
        }
        if let current { numbers.append(current) }
        return numbers
    }
}
