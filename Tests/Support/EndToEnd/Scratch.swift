import Posix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Folders and files that a test makes and takes away.
package enum Scratch {
    /// Makes an empty folder that only this run knows.
    package static func folder(_ name: String = "paas-test") throws -> String {
        var template = Array("\(base)/\(name)-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw PosixError.last("mkdtemp \(base)") }
        return String(cString: path)
    }

    /// A file without a name, at its beginning, holding `text`.
    static func temporaryFile(_ text: String = "") throws -> Descriptor {
        var template = Array("\(base)/paas-test-XXXXXX".utf8CString)
        let file = Descriptor(owning: try posix(mkstemp(&template), "mkstemp \(base)"))
        unlink(template)
        try file.writeAll(Array(text.utf8))
        lseek(file.raw, 0, SEEK_SET)
        return file
    }

    static func text(of file: borrowing Descriptor) throws -> String {
        lseek(file.raw, 0, SEEK_SET)
        return String(decoding: try file.readAll(limit: .max), as: UTF8.self)
    }

    /// Writes files given by their paths below `folder`; folders are made as needed.
    package static func write(_ files: [String: String], in folder: String) throws {
        for (name, text) in files {
            let path = "\(folder)/\(name)"
            if let slash = path.lastIndex(of: "/") { try FileTree.makeFolder(String(path[..<slash]), mode: 0o755) }
            try FileTree.write(Array(text.utf8), to: path, mode: name.hasSuffix(".sh") ? 0o755 : 0o644)
        }
    }

    private static let base = environmentVariable("TMPDIR") ?? "/tmp"
}

/// A variable of this process's environment.
package func environmentVariable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
