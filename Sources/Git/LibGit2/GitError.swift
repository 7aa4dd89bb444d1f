internal import CGit2
package import Model

/// A libgit2 call that failed.
package struct GitError: Error, Sendable, Equatable {
    /// `GIT_ENOTFOUND` and its kin.
    package let code: Int32
    package let function: String
    package let message: String

    package var isNotFound: Bool { code == GIT_ENOTFOUND.rawValue }
}

extension GitError: Explained {
    package var explanation: Explanation {
        Explanation(
            "Couldn't use the app's Git repository",
            because: "\(message.isEmpty ? "Error \(code)" : message) (\(function)).",
            mend: ["git push again", "paas doctor"], id: .internalError)
    }
}

/// Runs one libgit2 call and turns a negative result into a ``GitError``.
///
/// Call it on the thread that made the call: libgit2 keeps its last message per thread.
func git(_ function: String, _ call: () -> Int32) throws(GitError) {
    GitLibrary.start()
    let code = call()
    guard code < 0 else { return }
    let message = git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) } ?? ""
    throw GitError(code: code, function: function, message: message)
}
