package import Model

/// Why a commit's tree could not be written.
package enum ExportError: Error, Sendable, Equatable {
    case notACommit(String)
    /// The entry's name would lead out of the tree or into a repository's inside: `..`, `.git`, a slash.
    case forbiddenName(path: String)
    /// Two entries of one folder have one name, or names that the file system takes for one.
    case duplicate(path: String)
    case nameTooLong(path: String, bytes: Int)
    case badLink(path: String)
    case damagedTree(path: String)
    case missingObject(path: String, id: String)
    case tooManyEntries(limit: Int)
    case tooLarge(limitBytes: Int64)
    case tooDeep(path: String, limit: Int)
    case diskFull(path: String)
    case unwritable(path: String, reason: String)
}

extension ExportError: Explained {
    package var explanation: Explanation {
        switch self {
        case .notACommit(let id):
            Explanation("Couldn't read the pushed code", because: "\(id) is no commit.", mend: ["git push paas main"])
        case .forbiddenName(let path):
            Self.refused("The name \(path) would lead out of the app's folder or into a .git folder.", path)
        case .duplicate(let path):
            Self.refused("The commit has two entries named \(path), or names that differ only in case.", path)
        case .nameTooLong(let path, let bytes):
            Self.refused("The name \(Self.shortened(path)) has \(bytes) bytes, a file name has 255 at most.", path)
        case .badLink(let path):
            Self.refused("The symbolic link \(path) leads nowhere: its target is empty or too long.", path)
        case .damagedTree(let path):
            Explanation(
                "Couldn't read the pushed code", because: "The folder \(path) is damaged in the commit.",
                mend: ["git fsck --full"])
        case .missingObject(let path, let id):
            Explanation(
                "Couldn't read the pushed code", because: "The content of \(path) (\(id)) did not arrive.",
                mend: ["git fsck --full", "git push again"])
        case .tooManyEntries(let limit):
            Explanation(
                "Couldn't unpack the pushed code", because: "It has more than \(limit) files and folders.",
                mend: ["git rm -r --cached FOLDER  # what a build makes need not be committed"])
        case .tooLarge(let limit):
            Explanation(
                "Couldn't unpack the pushed code", because: "Its files add up to more than \(limit >> 20) MiB.",
                mend: ["git rm --cached FILE  # keep large data outside of the app"])
        case .tooDeep(let path, let limit):
            Explanation(
                "Couldn't unpack the pushed code",
                because: "\(Self.shortened(path)) stands in more than \(limit) folders.",
                mend: ["git rm -r --cached \(path.prefix { $0 != "/" })"])
        case .diskFull(let path):
            Explanation(
                "Couldn't unpack the pushed code", because: "The disk was full at \(path).",
                mend: ["df -h", "paas builds:cache:purge"], id: .internalError)
        case .unwritable(let path, let reason):
            Explanation("Couldn't unpack the pushed code", because: "\(path): \(reason).", id: .internalError)
        }
    }

    private static func refused(_ why: String, _ path: String) -> Explanation {
        Explanation(
            "Couldn't unpack the pushed code", because: why,
            mend: ["git rm --cached '\(shortened(path))'", "git commit --amend", "git push again"])
    }

    private static func shortened(_ path: String) -> String {
        path.count <= 120 ? path : "\(path.prefix(60))…\(path.suffix(40))"
    }
}
