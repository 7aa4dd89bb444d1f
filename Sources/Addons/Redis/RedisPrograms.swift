internal import Posix

/// The programs of Redis, or of Valkey, which is the same thing with another name.
struct RedisPrograms: Sendable, Equatable {
    let server: String
    let client: String

    /// - Parameter path: the owner's PATH.
    init(path: String) throws(AddonFailure) {
        let places = "\(path):/usr/bin:/usr/local/bin:/opt/homebrew/bin"
        for (server, client) in [("redis-server", "redis-cli"), ("valkey-server", "valkey-cli")] {
            guard let server = Subprocess.find(server, path: places), let client = Subprocess.find(client, path: places)
            else { continue }
            self.server = server
            self.client = client
            return
        }
        throw .missing(program: "Redis", package: "redis")
    }
}
