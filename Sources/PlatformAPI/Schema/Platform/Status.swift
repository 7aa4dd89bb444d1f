/// Answer of `GET /paas/v1/status`.
package struct Status: Codable, Sendable, Equatable {
    /// The platform's, as `paas version` prints it: `1.2.0`.
    package var version: String
    /// Grows when daemon and CLI of different versions no longer understand each other.
    package var protocolVersion: Int
    package var pid: Int32
    @Nullable package var routerPid: Int32?
    /// The user id that the router runs as. Absent in the answer of an older daemon, and while there is no router.
    package var routerUser: UInt32?
    /// The user id that the daemon runs as. Absent in the answer of an older daemon.
    package var user: UInt32?
    package var home: String
    /// Where apps answer.
    package var port: Int
    /// What the router listens on: `127.0.0.1`, `::1`.
    package var addresses: [String]
    package var sandbox: SandboxStatus
    package var apps: Int
    /// Absent in the answer of an older daemon.
    package var network: NetworkStatus?

    package init(
        version: String, protocolVersion: Int, pid: Int32, routerPid: Int32? = nil, routerUser: UInt32? = nil,
        user: UInt32? = nil, home: String, port: Int,
        addresses: [String], sandbox: SandboxStatus, apps: Int, network: NetworkStatus? = nil
    ) {
        self.version = version
        self.protocolVersion = protocolVersion
        self.pid = pid
        self.routerPid = routerPid
        self.routerUser = routerUser
        self.user = user
        self.home = home
        self.port = port
        self.addresses = addresses
        self.sandbox = sandbox
        self.apps = apps
        self.network = network
    }

    private enum CodingKeys: String, CodingKey {
        case version, pid, user, home, port, addresses, sandbox, apps, network
        case protocolVersion = "protocol"
        case routerPid = "router_pid"
        case routerUser = "router_user"
    }
}
