import Posix

/// One Swift file of the house, and the room it stands in.
struct SourceFile: CustomStringConvertible, Sendable {
    /// From the top of the repository: `Sources/Posix/Descriptor.swift`.
    let path: String
    let room: String
    let lines: [Substring]

    var description: String { path }

    /// The modules it imports, with whatever access modifiers and attributes.
    var imports: Set<String> {
        Set(
            lines.lazy.filter { $0.contains("import ") }.compactMap { line in
                line.prefixMatch(
                    of:
                        /\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:internal|package|public|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
                ).map { String($0.1) }
            })
    }

    /// Its lines with their numbers, without those that are only a comment.
    var code: [(number: Int, text: Substring)] {
        lines.enumerated().compactMap { index, line in
            line.drop { $0 == " " }.hasPrefix("//") ? nil : (index + 1, line)
        }
    }
}

/// The repository that these tests were built from.
enum SourceTree {
    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    /// Every Swift file below `Sources`.
    static func sources() throws -> [SourceFile] { try read.get() }

    private static let read = Result {
        let manifest = try Manifest.read()
        return try swiftFiles(below: "Sources").map { path in
            let room = manifest.targets.first { path.hasPrefix($0.path + "/") }
            return SourceFile(path: path, room: room?.name ?? "none", lines: try lines(of: path))
        }
    }

    static func text(of path: String) throws -> String { try FileTree.readText("\(root)/\(path)") }

    private static func lines(of path: String) throws -> [Substring] {
        try text(of: path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    static func swiftFiles(below folder: String) throws -> [String] {
        try FileTree.names(in: "\(root)/\(folder)").flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            if FileTree.isFolder("\(root)/\(path)") { return try swiftFiles(below: path) }
            return name.hasSuffix(".swift") ? [path] : []
        }
    }
}
