/// The repository that these tests were built from.
enum Repository {
    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    static func path(_ name: String) -> String { "\(root)/\(name)" }
}
