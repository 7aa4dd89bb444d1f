package import Posix

/// JawsDB and ClearDB: a user and a database for each add-on, all in one MariaDB server that starts with the first.
package final class MariaDB: Sendable {
    private let folder: String
    private let searchPath: String
    private let servers: Servers
    let pool: BlockingPool

    /// - Parameters:
    ///   - folder: `addons` of the home; what this keeps is in `mariadb` there.
    ///   - searchPath: the owner's PATH, where MariaDB is looked for besides Debian's and Homebrew's folders.
    package init(folder: String, searchPath: String, servers: Servers, pool: BlockingPool) {
        self.folder = "\(folder)/\(MariaDBCluster.key)"
        self.searchPath = searchPath
        self.servers = servers
        self.pool = pool
    }

    /// The services whose add-ons are databases of it.
    package var services: [any AddonProvider] {
        [
            MariaDBService.jawsDB(in: self), MariaDBService.jawsDBMaria(in: self), MariaDBService.clearDB(in: self),
        ]
    }

    /// Whether there is anything that an add-on could have left something in.
    var isMade: Bool { MariaDBCluster.isMade(in: folder) }

    func spec() throws -> ServerSpec { try MariaDBCluster(folder: folder, searchPath: searchPath).server(pool) }

    /// The server, which runs and answers when this returns.
    ///
    /// One that has never served tries another port where somebody was faster to take the one that was free.
    func running() async throws -> MariaDBCluster {
        var attempts = 3
        while true {
            let cluster = try await pool.run { [self] in
                try MariaDBCluster(folder: folder, searchPath: searchPath)
            }
            do {
                try await servers.run(cluster.server(pool))
                try cluster.noteServed()
                return cluster
            } catch {
                attempts -= 1
                guard attempts > 0, !cluster.hasServed else { throw error }
                try cluster.forgetPort()
            }
        }
    }
}
