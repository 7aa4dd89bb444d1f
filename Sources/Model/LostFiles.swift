/// A file that a dyno had written and that went with it.
package struct LostFile: Sendable, Equatable {
    /// Below the app's folder: `uploads/cat.png`.
    package let path: String
    package let sizeBytes: Int64

    package init(path: String, sizeBytes: Int64) {
        self.path = path
        self.sizeBytes = sizeBytes
    }
}

/// What one dyno had written below /app when it ended.
package struct LostFiles: Sendable, Equatable {
    /// By path; at most ``limit`` of them.
    package let files: [LostFile]
    /// How many there were.
    package let count: Int
    /// Whether all were counted: nobody waits for a look at a million.
    package let isComplete: Bool

    /// How many are kept by name.
    package static let limit = 1000

    package init(files: [LostFile], count: Int, isComplete: Bool) {
        self.files = files
        self.count = count
        self.isComplete = isComplete
    }
}

/// What one incarnation of a dyno has lost.
package struct DynoLoss: Sendable, Equatable {
    package let id: DynoID
    package let app: AppID
    package let name: DynoName
    package let time: Timestamp
    package let files: LostFiles

    package init(id: DynoID, app: AppID, name: DynoName, time: Timestamp, files: LostFiles) {
        self.id = id
        self.app = app
        self.name = name
        self.time = time
        self.files = files
    }

    /// How many are named in the log.
    private static let namedInLog = 10
    /// How many characters of a path.
    private static let pathLimit = 200

    /// One line for the app's log: how many, which, and where such data belongs.
    package var sentence: String {
        let paths = files.files.prefix(Self.namedInLog).map { file in
            file.path.count > Self.pathLimit ? "\(file.path.prefix(Self.pathLimit))…" : file.path
        }
        let rest = files.count - paths.count
        let count = "\(files.isComplete ? "" : "at least ")\(files.count) \(files.count == 1 ? "file" : "files")"
        let list = paths.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
        return "Wrote \(count) under /app that \(files.count == 1 ? "is" : "are") gone now: \(list)."
            + " Files do not outlive a dyno: keep such data in a database add-on or in object storage."
            + " All of them: paas ps:lost \(name)"
    }
}
