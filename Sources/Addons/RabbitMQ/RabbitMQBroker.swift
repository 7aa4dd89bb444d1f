internal import Model
internal import Posix

/// The one RabbitMQ that all virtual hosts of the platform are in: its folder, its port, how it is started.
struct RabbitMQBroker: Sendable {
    static let key = "rabbitmq"

    /// `addons/rabbitmq`
    let folder: String
    let programs: RabbitMQPrograms
    let port: UInt16
    var control: RabbitMQControl { RabbitMQControl(folder: folder) }

    /// Finds the programs, and makes what a start needs. Blocks.
    init(folder: String, searchPath: String) throws {
        programs = try RabbitMQPrograms(path: searchPath)
        self.folder = folder
        for path in [folder, "\(folder)/cache"] { try FileTree.makeFolder(path) }
        port = try FreePort.keep(in: "\(folder)/port", from: 5672)
        try ServerFile.keep(try configuration(), in: "\(folder)/rabbitmq.conf")
        try ServerFile.keep("[].\n", in: "\(folder)/enabled_plugins")
        try ServerFile.keep(RabbitMQControl.script, in: "\(folder)/control.erl")
    }

    /// A new broker has one user, who is `guest` with that for a password unless something else is said. Nobody is told
    /// this one's.
    private func configuration() throws -> String {
        """
        listeners.tcp.1 = 127.0.0.1:\(port)
        num_acceptors.tcp = 2
        default_user = paas
        default_pass = \(try Secret.keep(in: "\(folder)/superuser"))
        default_permissions.configure = ^$
        default_permissions.read = ^$
        default_permissions.write = ^$
        vm_memory_high_watermark.absolute = 512MiB
        disk_free_limit.absolute = 50MB
        log.file = false
        log.console = true
        log.console.level = error

        """
    }

    /// Whether there has ever been one.
    static func isMade(in folder: String) -> Bool { FileTree.exists("\(folder)/data") }

    /// The server as it has to run.
    func server(_ pool: BlockingPool) -> ServerSpec {
        let control = control
        var spec = ServerSpec(
            key: Self.key, type: "rabbitmq", folder: folder, command: command, environment: environment,
            readable: programs.folders
        ) {
            // One that does not answer yet says no.
            (try? await pool.run { try control.ask("rabbit:is_running().") == "true" }) ?? false
        }
        spec.patience = .seconds(100)
        return spec
    }

    /// Whether a start has come to its end ever: URLs with its port may be in people's hands then.
    var hasServed: Bool { FileTree.exists("\(folder)/served") }

    func noteServed() throws { if !hasServed { try FileTree.write([], to: "\(folder)/served") } }

    /// Lets the next start choose another port.
    func forgetPort() throws { try FileTree.remove("\(folder)/port") }

    /// What a first start that came to no end has made is begun anew.
    private var command: String {
        """
        [ -e served ] || rm -rf data
        export RABBITMQ_CONFIG_FILE="$PWD/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$PWD/advanced.config"
        export RABBITMQ_ENABLED_PLUGINS_FILE="$PWD/enabled_plugins" RABBITMQ_PID_FILE="$PWD/cache/pid"
        export RABBITMQ_MNESIA_BASE="$PWD/data" RABBITMQ_MNESIA_DIR="$PWD/data/node"
        export RABBITMQ_LOG_BASE="$PWD/cache" RABBITMQ_GENERATED_CONFIG_DIR="$PWD/cache/config"
        exec '\(programs.server)'
        """
    }

    /// A node that no other node reaches: it listens to none, and neither starts nor asks `epmd`, whose port is given as
    /// one that nobody but the broker itself can have.
    private var environment: [String: String] {
        [
            "PATH": "\(programs.folders.joined(separator: ":")):/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_NODENAME": Self.node, "RABBITMQ_LOGS": "-",
            "RABBITMQ_MAX_NUMBER_OF_PROCESSES": "65536",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-sname \(Self.node) -eval file:eval(\"control.erl\") +S 2:2 +SDio 4 +A 4",
            "ERL_AFLAGS": "-start_epmd false -dist_listen false -erl_epmd_port \(port)",
            "ERL_EPMD_PORT": "\(port)", "ERL_CRASH_DUMP_SECONDS": "0",
            // Its script becomes Erlang then, which hears signals itself.
            "RUNNING_UNDER_SYSTEMD": "true",
        ]
    }

    private static let node = "paas@localhost"
}
