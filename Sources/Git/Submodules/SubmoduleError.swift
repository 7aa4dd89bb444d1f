package import Model

/// Why a submodule could not be fetched.
package enum SubmoduleError: Error, Sendable, Equatable {
    case noURL(path: String)
    /// Relative to a remote that the platform does not know.
    case relativeURL(path: String, url: String)
    /// Neither http(s), ssh nor git.
    case forbiddenURL(path: String, url: String)
    case noGit
    /// `message` is git's own, at most the last few lines.
    case failed(path: String, url: String, message: String)
}

extension SubmoduleError: Explained {
    package var explanation: Explanation {
        switch self {
        case .noURL(let path):
            Explanation(
                "Couldn't fetch the submodule \(path)", because: "The file .gitmodules has no url for it.",
                mend: ["git submodule add URL \(path)", "git rm --cached \(path)  # if it should be no submodule"])
        case .relativeURL(let path, let url):
            Explanation(
                "Couldn't fetch the submodule \(path)",
                because: "Its url \(url) is relative, and a push doesn't say to what.",
                mend: [
                    "git config -f .gitmodules submodule.\(path).url https://…", "git commit -am 'Full submodule url'",
                ])
        case .forbiddenURL(let path, let url):
            Explanation(
                "Couldn't fetch the submodule \(path)",
                because: "Its url \(url) is neither https, http, ssh nor git.",
                mend: [
                    "git config -f .gitmodules submodule.\(path).url https://…", "git commit -am 'New submodule url'",
                ])
        case .noGit:
            Explanation(
                "Couldn't fetch a submodule", because: "There is no git on PATH.", mend: ["sudo apt-get install git"],
                id: .internalError)
        case .failed(let path, let url, let message):
            Explanation(
                "Couldn't fetch the submodule \(path)", because: "git says of \(url): \(message)",
                mend: ["git submodule update --init  # does it work for you?"])
        }
    }
}
