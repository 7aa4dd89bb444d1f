/// What a dyno had written below /app when it ended: `GET /paas/v1/apps/APP/lost-files`.
package struct DynoLossResource: Codable, Sendable, Equatable {
    package struct File: Codable, Sendable, Equatable {
        package var path: String
        package var size: Int64

        package init(path: String, size: Int64) {
            self.path = path
            self.size = size
        }
    }

    /// `web.1`.
    package var dyno: String
    package var id: String
    package var time: String
    /// How many files there were; ``files`` names the first thousand.
    package var count: Int
    /// Whether ``count`` is all: a stop does not wait for a look at a million.
    package var complete: Bool
    package var files: [File]

    package init(dyno: String, id: String, time: String, count: Int, complete: Bool, files: [File]) {
        self.dyno = dyno
        self.id = id
        self.time = time
        self.count = count
        self.complete = complete
        self.files = files
    }
}
