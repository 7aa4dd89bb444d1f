internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension SlugIgnore {
    /// Deletes what matches below `folder`, without following symbolic links.
    ///
    /// - Returns: how many files and folders matched.
    func delete(below folder: String) throws -> Int { isEmpty ? 0 : try delete(below: folder, at: "") }

    private func delete(below folder: String, at prefix: String) throws -> Int {
        var count = 0
        for name in try FileTree.names(in: folder) {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            var info = stat()
            guard lstat("\(folder)/\(name)", &info) == 0 else { continue }
            let isFolder = info.st_mode & S_IFMT == S_IFDIR
            if matches(path, isFolder: isFolder) {
                try FileTree.remove("\(folder)/\(name)")
                count += 1
            } else if isFolder {
                count += try delete(below: "\(folder)/\(name)", at: path)
            }
        }
        return count
    }
}
