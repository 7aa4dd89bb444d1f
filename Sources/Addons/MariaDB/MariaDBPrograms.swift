internal import Posix

/// The programs of MariaDB.
struct MariaDBPrograms: Sendable, Equatable {
    let server: String
    let installer: String
    let client: String

    /// - Parameter path: the owner's PATH.
    init(path: String) throws(AddonFailure) {
        let places = "\(path):/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
        guard let server = Subprocess.find("mariadbd", path: places),
            let installer = Subprocess.find("mariadb-install-db", path: places),
            let client = Subprocess.find("mariadb", path: places)
        else { throw .missing(program: "MariaDB", package: "mariadb-server") }
        self.server = server
        self.installer = installer
        self.client = client
    }

    var folders: [String] {
        [server, installer].map { String($0[..<($0.lastIndex(of: "/") ?? $0.endIndex)]) }
    }
}
