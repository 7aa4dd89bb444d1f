internal import Posix

/// RabbitMQ and the Erlang that it runs on.
struct RabbitMQPrograms: Sendable, Equatable {
    /// RabbitMQ's own script: the one on Debian's PATH wants to be root, or the machine's user `rabbitmq`.
    let server: String
    let erlang: String

    /// - Parameter path: the owner's PATH.
    init(path: String) throws(AddonFailure) {
        let releases = (try? FileTree.names(in: Self.debian)) ?? []
        let folders =
            releases.filter { $0.hasPrefix("rabbitmq_server-") }.sorted(by: Self.isNewer).map { "\(Self.debian)/\($0)" }
            + ["/opt/homebrew/opt/rabbitmq", "/usr/local/opt/rabbitmq"]
        let scripts = folders.map { "\($0)/sbin/rabbitmq-server" }
        guard let server = scripts.first(where: { FileTree.exists($0) }),
            let erlang = Subprocess.find("erl", path: "\(path):/usr/bin:/usr/local/bin:/opt/homebrew/bin")
        else { throw .missing(program: "RabbitMQ", package: "rabbitmq-server") }
        self.server = server
        self.erlang = erlang
    }

    private static let debian = "/usr/lib/rabbitmq/lib"

    /// `rabbitmq_server-3.10.8` is newer than `rabbitmq_server-3.9.13`.
    static func isNewer(_ name: String, than other: String) -> Bool {
        func numbers(_ name: String) -> [Int] { name.split { !$0.isNumber }.compactMap { Int($0) } }
        return numbers(other).lexicographicallyPrecedes(numbers(name))
    }

    var folders: [String] {
        [server, erlang].map { String($0[..<($0.lastIndex(of: "/") ?? $0.endIndex)]) }
    }
}
