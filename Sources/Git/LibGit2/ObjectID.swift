internal import CGit2

/// The SHA-1 that names a Git object.
struct ObjectID: Sendable, CustomStringConvertible {
    let raw: git_oid

    init(_ raw: git_oid) { self.raw = raw }

    /// - Returns: `nil` unless `text` is 40 hexadecimal digits.
    init?(_ text: String) {
        var raw = git_oid()
        guard text.utf8.count == 40, git_oid_fromstr(&raw, text) == 0 else { return nil }
        self.raw = raw
    }

    /// - Parameter bytes: the 20 bytes of an entry of a tree.
    init(bytes: UnsafeRawBufferPointer) {
        var raw = git_oid()
        withUnsafeMutableBytes(of: &raw) { $0.copyMemory(from: bytes) }
        self.raw = raw
    }

    var description: String {
        withUnsafeBytes(of: raw) { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }
}
