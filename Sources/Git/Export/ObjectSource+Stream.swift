internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension ObjectSource {
    /// Lets git itself write a large blob out of a pack into `file`: it does so in constant memory, libgit2 does not.
    ///
    /// A blob that is stored as a difference to another is put together in memory by either; git makes none of those
    /// above 512 MiB.
    ///
    /// - Returns: `false`, with the file empty, when there is no git on PATH or it could not.
    func stream(_ id: ObjectID, to file: borrowing Descriptor) throws -> Bool {
        guard let program = GitProgram.path else { return false }
        var environment = GitProgram.environment
        environment["GIT_OBJECT_DIRECTORY"] = objects
        environment["GIT_DIR"] = String(objects.dropLast("/objects".count))
        // Quoted as git's own lists are, for folders with a colon in their name.
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = alternates.map(Self.quoted).joined(separator: ":")
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let child = try Subprocess.start(
            program, arguments: ["-c", "core.bigFileThreshold=1m", "cat-file", "blob", id.description],
            environment: environment, descriptors: [null.raw, file.raw, null.raw])
        if try Subprocess.wait(child).isSuccess { return true }
        try posix(ftruncate(file.raw, 0), "ftruncate")
        lseek(file.raw, 0, SEEK_SET)
        return false
    }

    private static func quoted(_ path: String) -> String {
        "\"" + path.flatMap { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" } + "\""
    }
}
