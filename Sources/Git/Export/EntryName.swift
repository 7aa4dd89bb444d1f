/// Which names of a tree's entries are refused: those that lead somewhere else, here or on another file system.
enum EntryName {
    static func isForbidden(_ name: [UInt8]) -> Bool {
        name.isEmpty || name == [dot] || name == [dot, dot] || name.contains(UInt8(ascii: "/")) || isGitFolder(name)
    }

    private static let dot = UInt8(ascii: ".")

    /// Whether Windows or macOS would take the name for `.git`. After Git's `is_ntfs_dotgit` and `is_hfs_dotgit`.
    private static func isGitFolder(_ name: [UInt8]) -> Bool {
        // Only a short name, or one with ignorable characters, can be meant.
        guard let first = name.first, name.count < 4096,
            first == dot || first | 0x20 == UInt8(ascii: "g") || first >= 0x80
        else { return false }
        let text = String(decoding: name, as: UTF8.self).unicodeScalars.filter { !isIgnoredByHFS($0) }
        let folded = String(String.UnicodeScalarView(text)).lowercased()
        // NTFS drops dots and spaces at the end, and takes what follows a colon for a stream of the file.
        var stem = folded.prefix { $0 != ":" && $0 != "\\" }
        while let last = stem.last, last == "." || last == " " { stem.removeLast() }
        return stem == ".git" || stem == "git~1"
    }

    private static func isIgnoredByHFS(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }
}
