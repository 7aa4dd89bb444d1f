package import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension GitStore {
    /// Puts an app's loose objects and small packs into one pack; removes nothing that a reference needs.
    ///
    /// Worth while after some fifty pushes. It must not run while a push to the app does. Without git on PATH, nothing
    /// happens.
    ///
    /// - Throws: ``GitError`` when git fails.
    package func repack(_ app: AppID) throws {
        guard let program = GitProgram.path else { return }
        var environment = GitProgram.environment
        environment["GIT_DIR"] = path(of: app)
        let arguments = ["repack", "-A", "-d", "-l", "-q", "--unpack-unreachable=2.weeks.ago"]
        let result = try Subprocess.capture(program, arguments: arguments, environment: environment)
        guard result.end.isSuccess else {
            throw GitError(code: -1, function: "git repack", message: String(decoding: result.errors, as: UTF8.self))
        }
    }
}
