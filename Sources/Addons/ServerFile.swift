internal import Posix

/// A file that a server is told something by, in its own folder.
enum ServerFile {
    /// Writes it where it says something else.
    static func keep(_ text: String, in path: String) throws {
        if let there = try? FileTree.readText(path), there == text { return }
        try FileTree.write(Array(text.utf8), to: path)
    }
}
