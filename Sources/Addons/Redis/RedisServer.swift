internal import Model
internal import Posix

/// The Redis of one add-on: its folder, its port, its password.
struct RedisServer: Sendable {
    let folder: String
    let key: String
    let programs: RedisPrograms
    let port: UInt16
    var password: String

    var url: String { "redis://:\(password)@127.0.0.1:\(port)" }
    var memory: [String: String] { ["port": "\(port)", "password": password, "key": key] }

    // MARK: Its files

    /// Everything that Redis is told at its start, and what it has been told since: it writes that back itself.
    func writeConfiguration(_ plan: AddonPlan) throws {
        let lines = [
            "bind 127.0.0.1", "port \(port)", "protected-mode yes", "requirepass \(password)", "dir data",
            "daemonize no", "loglevel notice", "save 60 1", "appendonly no", "timeout 300",
            "maxmemory \(plan.limits["bytes"] ?? 26_214_400)", "maxmemory-policy noeviction",
            "maxclients \((plan.limits["connections"] ?? 20) + Self.ownConnections)", "rename-command DEBUG \"\"",
        ]
        for path in ["\(folder)/data", "\(folder)/cache"] { try FileTree.makeFolder(path) }
        try FileTree.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "\(folder)/redis.conf")
    }

    /// Puts the password into its file, in the place of what stands there.
    func writePassword() throws {
        let path = "\(folder)/redis.conf"
        let lines = try FileTree.readText(path).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        let kept = lines.filter { !$0.hasPrefix("requirepass ") && !$0.hasPrefix("user default ") }
        let text = (["requirepass \(password)"] + kept).joined(separator: "\n")
        try FileTree.write(Array(text.utf8), to: path)
    }

    /// Connections beyond the plan's, for the platform: also when the app has all of its own.
    static let ownConnections = 10

    func spec(_ pool: BlockingPool) -> ServerSpec {
        let server = self
        return ServerSpec(
            key: key, type: "redis", folder: folder, command: "exec '\(programs.server)' redis.conf",
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            readable: [String(programs.server[..<(programs.server.lastIndex(of: "/") ?? programs.server.endIndex)])]
        ) {
            // One that does not answer yet says no.
            let answer = try? await pool.run { try server.ask(["PING"]) }
            return answer?.hasPrefix("PONG") ?? false
        }
    }

    // MARK: Asking it

    /// Runs one command, of words without blanks. Blocks.
    func ask(_ words: [String]) throws -> String {
        let result = try Subprocess.capture(
            programs.client, arguments: ["-h", "127.0.0.1", "-p", "\(port)", "--no-auth-warning"],
            environment: ["REDISCLI_AUTH": password, "PATH": "/usr/bin:/bin"],
            input: Array((words.joined(separator: " ") + "\n").utf8))
        let output = String(decoding: result.output, as: UTF8.self)
        guard result.end.isSuccess, !Self.refusals.contains(where: { output.hasPrefix($0) }) else {
            let reason = String(decoding: result.errors.prefix(500), as: UTF8.self) + output.prefix(500)
            throw AddonFailure.failed("Redis refused", reason: reason.split(separator: "\n").joined(separator: " "))
        }
        return output
    }

    private static let refusals = ["ERR ", "NOAUTH ", "WRONGPASS ", "NOPERM ", "LOADING "]
}
