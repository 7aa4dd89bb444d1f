/// One entry of a Git tree object.
struct TreeEntry: Sendable {
    enum Kind: Sendable { case file, executable, link, folder, submodule }

    let kind: Kind
    /// Any bytes but NUL.
    let name: [UInt8]
    let id: ObjectID

    /// Reads a raw tree: `MODE SP NAME NUL ID` after each other, where the id is 20 bytes.
    ///
    /// - Returns: `nil` for what is no tree.
    static func all(in bytes: UnsafeRawBufferPointer) -> [TreeEntry]? {
        var entries: [TreeEntry] = []
        var offset = 0
        while offset < bytes.count {
            var mode: UInt32 = 0
            while offset < bytes.count, bytes[offset] != UInt8(ascii: " ") {
                guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[offset]), mode < 1 << 24 else {
                    return nil
                }
                mode = mode << 3 | UInt32(bytes[offset] - UInt8(ascii: "0"))
                offset += 1
            }
            let start = offset + 1
            guard start <= bytes.count, let end = bytes[start...].firstIndex(of: 0), end + 21 <= bytes.count else {
                return nil
            }
            let id = ObjectID(bytes: UnsafeRawBufferPointer(rebasing: bytes[(end + 1)..<(end + 21)]))
            guard let kind = kind(mode) else { return nil }
            entries.append(TreeEntry(kind: kind, name: Array(bytes[start..<end]), id: id))
            offset = end + 21
        }
        return entries
    }

    /// Git knows five modes; old versions wrote others (100664), which it reads as these.
    private static func kind(_ mode: UInt32) -> Kind? {
        switch mode & 0o170000 {
        case 0o040000: .folder
        case 0o100000: mode & 0o100 == 0 ? .file : .executable
        case 0o120000: .link
        case 0o160000: .submodule
        default: nil
        }
    }
}
