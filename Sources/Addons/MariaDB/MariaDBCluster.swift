internal import HTTPSecure
internal import Model
internal import Posix

/// The one MariaDB server that all databases of the platform are in: its folder, its port, how it is started.
struct MariaDBCluster: Sendable {
    static let key = "mariadb"
    /// Who may do everything.
    private static let owner = "paas"

    /// `addons/mariadb`
    let folder: String
    let programs: MariaDBPrograms
    let port: UInt16
    /// Of ``owner``.
    private let password: String

    /// Finds the programs, and makes what a start needs. Blocks.
    init(folder: String, searchPath: String) throws {
        programs = try MariaDBPrograms(path: searchPath)
        self.folder = folder
        for path in [folder, "\(folder)/cache"] { try FileTree.makeFolder(path) }
        port = try FreePort.keep(in: "\(folder)/port", from: 3306)
        password = try Secret.keep(in: "\(folder)/superuser")
        try Self.makeCertificate(in: folder)
        try writeAccounts()
    }

    /// For clients that want TLS; nobody vouches for it.
    private static func makeCertificate(in folder: String) throws {
        guard !FileTree.exists("\(folder)/server.crt") else { return }
        let identity = try SelfSignedCertificate.make(for: "localhost")
        try FileTree.write(identity.keyPEM, to: "\(folder)/server.key")
        try FileTree.write(identity.certificatePEM, to: "\(folder)/server.crt")
    }

    /// What the server does at each start before it lets anybody in: those whom a new cluster has go, and ``owner`` is
    /// there.
    private func writeAccounts() throws {
        let owner = "\(Self.owner)@127.0.0.1"
        let statements = [
            "DELETE FROM mysql.global_priv WHERE User IN ('', 'root')", "DELETE FROM mysql.proxies_priv",
            "FLUSH PRIVILEGES", "CREATE OR REPLACE USER \(owner) IDENTIFIED BY '\(password)'",
            "GRANT ALL ON *.* TO \(owner) WITH GRANT OPTION",
        ]
        try ServerFile.keep(statements.map { "\($0);\n" }.joined(), in: "\(folder)/accounts.sql")
    }

    // MARK: The server

    /// Whether there has ever been one.
    static func isMade(in folder: String) -> Bool { FileTree.exists("\(folder)/data/mysql") }

    /// The server as it has to run.
    func server(_ pool: BlockingPool) -> ServerSpec {
        let cluster = self
        return ServerSpec(
            key: Self.key, type: "mariadb", folder: folder, command: command,
            environment: ["PATH": "\(programs.folders.joined(separator: ":")):/usr/local/bin:/usr/bin:/bin"],
            readable: programs.folders
        ) {
            // With its own password: somebody else may answer on that port.
            (try? await pool.run { try cluster.run(["SELECT 1"]) }) != nil
        }
    }

    /// Whether a start has come to its end ever: URLs with its port may be in people's hands then.
    var hasServed: Bool { FileTree.exists("\(folder)/served") }

    func noteServed() throws { if !hasServed { try FileTree.write([], to: "\(folder)/served") } }

    /// Lets the next start choose another port.
    func forgetPort() throws { try FileTree.remove("\(folder)/port") }

    /// A cluster that is half made is begun anew: it gets its name when it is whole.
    private var command: String {
        """
        set -e
        if [ ! -d data/mysql ]; then
            rm -rf data data.new
            '\(programs.installer)' --no-defaults --datadir="$PWD/data.new" --skip-test-db \\
                --auth-root-authentication-method=normal --innodb-log-file-size=16M --innodb-use-native-aio=0 \\
                >install.log 2>&1 || { cat install.log; exit 1; }
            mv data.new data
        fi
        exec '\(programs.server)' --no-defaults --datadir="$PWD/data" --init-file="$PWD/accounts.sql" \\
            --ssl-cert="$PWD/server.crt" --ssl-key="$PWD/server.key" --pid-file="$PWD/cache/pid" --socket= \\
            \(settings.map { "--\($0.0)=\($0.1)" }.joined(separator: " "))
        """
    }

    private var settings: [(String, String)] {
        [
            ("bind-address", "127.0.0.1"), ("port", "\(port)"), ("skip-networking", "0"), ("skip-name-resolve", "1"),
            ("max-connections", "500"), ("table-open-cache", "400"), ("max-allowed-packet", "64M"),
            ("innodb-buffer-pool-size", "32M"), ("innodb-log-file-size", "16M"), ("innodb-use-native-aio", "0"),
            ("key-buffer-size", "8M"), ("aria-pagecache-buffer-size", "8M"), ("performance-schema", "0"),
            ("character-set-server", "utf8mb4"), ("collation-server", "utf8mb4_unicode_ci"),
            ("default-time-zone", "+00:00"), ("log-warnings", "1"),
        ]
    }

    // MARK: Asking it

    /// Runs SQL as ``owner``, each statement by itself; the first that fails is the last. Blocks.
    func run(_ statements: [String]) throws {
        let result = try Subprocess.capture(
            programs.client,
            arguments: [
                "--no-defaults", "--batch", "--protocol=tcp", "--host=127.0.0.1", "--port=\(port)",
                "--user=\(Self.owner)", "--connect-timeout=10",
                // Nobody but the server with that certificate is told anything.
                "--ssl-ca=\(folder)/server.crt",
            ],
            environment: ["MYSQL_PWD": password, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            input: Array(statements.map { "\($0);\n" }.joined().utf8))
        guard result.end.isSuccess else {
            let reason = String(decoding: result.errors.prefix(1000), as: UTF8.self)
            throw AddonFailure.failed(
                "MariaDB refused", reason: reason.split(separator: "\n").prefix(2).joined(separator: " "))
        }
    }
}
