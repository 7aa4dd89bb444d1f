internal import HTTPSecure
internal import Model
internal import Posix

/// The one PostgreSQL server that all databases of the platform are in: its folder, its port, how it is started.
struct PostgresCluster: Sendable {
    static let key = "postgresql"
    static let owner = "postgres"

    /// `addons/postgresql`
    let folder: String
    let programs: PostgresPrograms
    let port: UInt16
    /// Of ``owner``, who may do everything.
    let password: String

    /// Finds the cluster's own version of the programs, or the newest for one that is yet to be made, and makes what a
    /// start needs. Blocks.
    ///
    /// - Throws: ``AddonFailure``
    init(folder: String, searchPath: String) throws {
        let all = PostgresPrograms.all(path: searchPath)
        if let text = try? FileTree.readText("\(folder)/data/PG_VERSION", limit: 16) {
            let version = Int(text.prefix { $0.isNumber }) ?? 0
            guard let own = all.first(where: { $0.version == version }) else {
                throw AddonFailure.missing(program: "PostgreSQL \(version)", package: "postgresql-\(version)")
            }
            programs = own
        } else {
            guard let newest = all.first else {
                throw AddonFailure.missing(program: "PostgreSQL", package: "postgresql")
            }
            programs = newest
        }
        self.folder = folder
        for path in [folder, "\(folder)/cache"] { try FileTree.makeFolder(path) }
        port = try FreePort.keep(in: "\(folder)/port", from: 5432)
        password = try Secret.keep(in: "\(folder)/superuser")
        try Self.makeCertificate(in: folder)
    }

    /// Clients insist on TLS (`sslmode=require`) and ask for no proof: one that nobody has signed is enough.
    private static func makeCertificate(in folder: String) throws {
        guard !FileTree.exists("\(folder)/server.crt") else { return }
        let identity = try SelfSignedCertificate.make(for: "localhost")
        try FileTree.write(identity.keyPEM, to: "\(folder)/server.key")
        try FileTree.write(identity.certificatePEM, to: "\(folder)/server.crt")
    }

    /// The server as it has to run.
    func server(_ pool: BlockingPool) -> ServerSpec {
        let cluster = self
        return ServerSpec(
            key: Self.key, type: "postgres", folder: folder, command: command,
            environment: ["PATH": "\(programs.folder):/usr/local/bin:/usr/bin:/bin"],
            readable: [programs.folder], endingSignal: Signals.interrupt
        ) {
            // With its own password: somebody else may answer on that port.
            (try? await pool.run { try cluster.run(["SELECT 1"]) }) != nil
        }
    }

    /// Whether a start has come to its end ever: URLs with its port may be in people's hands then.
    var hasServed: Bool { Self.hasServed(in: folder) }

    static func hasServed(in folder: String) -> Bool { FileTree.exists("\(folder)/served") }

    func noteServed() throws { if !hasServed { try FileTree.write([], to: "\(folder)/served") } }

    /// Lets the next start choose another port.
    func forgetPort() throws { try FileTree.remove("\(folder)/port") }

    /// Whether its data are where they belong.
    static func hasData(in folder: String) -> Bool { FileTree.exists("\(folder)/data/PG_VERSION") }

    /// A cluster that is half made is begun anew: it gets its name when it is whole. One that has served and whose data
    /// are gone is not: they may come back. initdb wants its user to have a name, which at L3 root's dynos have not.
    private var command: String {
        """
        set -e
        if [ ! -s data/PG_VERSION ]; then
            if [ -e served ]; then echo "its data are gone"; exit 1; fi
            rm -rf data data.new
            locale=C.UTF-8
            if locale -a 2>/dev/null | grep -qix 'en_US\\.utf-\\?8'; then locale=en_US.UTF-8; fi
            if ! id -un >/dev/null 2>&1; then
                wrapper=$(ls /usr/lib/*/libnss_wrapper.so /usr/lib64/libnss_wrapper.so 2>/dev/null | head -n 1)
                [ -n "$wrapper" ] || { echo 'initdb needs "apt-get install libnss-wrapper" here'; exit 1; }
                echo "\(Self.owner):x:$(id -u):$(id -g)::$PWD:/bin/sh" >passwd
                echo "\(Self.owner):x:$(id -g):" >group
                export LD_PRELOAD=$wrapper NSS_WRAPPER_PASSWD=$PWD/passwd NSS_WRAPPER_GROUP=$PWD/group
            fi
            initdb -D data.new -U \(Self.owner) -A scram-sha-256 --pwfile=superuser -E UTF8 --locale=$locale \\
                >initdb.log 2>&1 || { cat initdb.log; exit 1; }
            unset LD_PRELOAD
            mv data.new data
        fi
        exec postgres -D data \(settings.map { "-c '\($0.0)=\($0.1)'" }.joined(separator: " "))
        """
    }

    private var settings: [(String, String)] {
        var settings = [
            ("listen_addresses", "127.0.0.1"), ("port", "\(port)"), ("unix_socket_directories", ""),
            ("ssl", "on"), ("ssl_cert_file", "../server.crt"), ("ssl_key_file", "../server.key"),
            ("max_connections", "\(Self.maxConnections)"), ("shared_buffers", "32MB"),
            ("logging_collector", "off"), ("log_destination", "stderr"),
            // The database in front: whose log the line belongs in.
            ("log_line_prefix", "%d|"), ("log_min_messages", "error"), ("log_timezone", "UTC"), ("timezone", "UTC"),
        ]
        if countsStatements {
            settings.append(("shared_preload_libraries", "pg_stat_statements"))
        }
        return settings
    }

    /// Whether this version of PostgreSQL can tell what takes long.
    var countsStatements: Bool { FileTree.exists("\(programs.folder)/../lib/pg_stat_statements.so") }

    static let maxConnections = 500

    // MARK: Asking it

    /// Runs SQL as ``owner``, each statement by itself. Blocks.
    ///
    /// - Returns: rows as lines, columns parted by tabs.
    @discardableResult
    func run(_ statements: [String], in database: String = "postgres") throws -> String {
        try execute(
            "psql", ["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-"], in: database,
            input: Array(statements.map { "\($0);\n" }.joined().utf8))
    }

    /// Runs one of PostgreSQL's client programs as ``owner``. Blocks.
    @discardableResult
    func execute(
        _ program: String, _ arguments: [String], in database: String, label: String = "paas", input: [UInt8] = []
    ) throws -> String {
        let result = try Subprocess.capture(
            programs.path(of: program), arguments: arguments,
            environment: [
                "PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": Self.owner, "PGPASSWORD": password,
                "PGDATABASE": database, "PGCONNECT_TIMEOUT": "10", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                "PGSSLMODE": "verify-ca",
                // Nobody but the server with that certificate is told a password.
                "PGSSLROOTCERT": "\(folder)/server.crt", "PGAPPNAME": label, "PGCLIENTENCODING": "UTF8",
            ], input: input, limit: 8 << 20)
        guard result.end.isSuccess else {
            let reason = String(decoding: result.errors.prefix(2000), as: UTF8.self)
            throw AddonFailure.failed(
                "PostgreSQL refused", reason: reason.split(separator: "\n").prefix(3).joined(separator: " "))
        }
        return String(decoding: result.output, as: UTF8.self)
    }
}
