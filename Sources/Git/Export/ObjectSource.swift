internal import Posix

/// Where an export finds its objects.
struct ObjectSource: Sendable {
    let objects: String
    let alternates: [String]

    func export(_ commit: String, into folder: String, limits: ExportLimits) throws -> Export {
        guard let id = ObjectID(commit) else { throw ExportError.notACommit(commit) }
        let database = try ObjectDatabase(opening: objects, alternates: alternates)
        let tree: ObjectID
        do {
            tree = try database.tree(of: id)
        } catch let error as GitError where error.isNotFound {
            throw ExportError.notACommit(commit)
        }
        let isNew = !FileTree.exists(folder)
        do {
            try FileTree.makeFolder(folder, mode: 0o755)
            var exporter = Exporter(database: database, source: self, limits: limits)
            return try exporter.run(tree, into: try OpenFolder(folder))
        } catch {
            if isNew { try? FileTree.remove(folder) }  // The error that matters is the one above.
            throw error
        }
    }
}
