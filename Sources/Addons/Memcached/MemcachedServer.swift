internal import Model
internal import Posix

/// The memcached of one add-on: its folder, its port, its user and password.
struct MemcachedServer: Sendable {
    let folder: String
    let key: String
    let programs: MemcachedPrograms
    let port: UInt16
    let user: String
    let password: String

    var values: [String: String] { ["SERVERS": "127.0.0.1:\(port)", "USERNAME": user, "PASSWORD": password] }
    var memory: [String: String] { ["port": "\(port)", "user": user, "password": password] }

    /// What SASL is told, and the password for the program that puts it into SASL's own file.
    func writeFiles() throws {
        let lines = [
            "mech_list: plain", "pwcheck_method: auxprop", "auxprop_plugin: sasldb", "sasldb_path: sasldb",
        ]
        try FileTree.makeFolder("\(folder)/cache")
        try FileTree.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "\(folder)/memcached.conf")
        try FileTree.write(Array(password.utf8), to: "\(folder)/password")
    }

    func spec(_ plan: AddonPlan, _ pool: BlockingPool) -> ServerSpec {
        let server = self
        return ServerSpec(
            key: key, type: "memcached", folder: folder, command: command(megabytes: (plan.limits["bytes"] ?? 0) >> 20),
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "SASL_CONF_PATH": "."],
            readable: programs.folders
        ) {
            // One that does not answer yet says no.
            (try? await pool.run { try server.letsIn() }) ?? false
        }
    }

    /// SASL knows a user by the host's name, too, and that is another one at each start.
    private func command(megabytes: Int) -> String {
        """
        set -e
        rm -f sasldb
        '\(programs.passwords)' -p -c -f sasldb -u "$(uname -n)" \(user) <password
        exec '\(programs.server)' -S -U 0 -l 127.0.0.1 -p \(port) -m \(max(megabytes, 1)) -c 4096
        """
    }

    /// Whether it answers and takes its password. Blocks.
    private func letsIn() throws -> Bool {
        let connection = try TCPSocket.connect(address: "127.0.0.1", port: port)
        try connection.writeAll(Self.request(user: user, password: password))
        let answer = try ExactRead.bytes(24, from: connection, within: .seconds(5))
        return answer[0] == 0x81 && answer[6] == 0 && answer[7] == 0
    }

    /// SASL's PLAIN in memcached's binary protocol. Source: memcached's protocol_binary.h and its SASL notes.
    static func request(user: String, password: String) -> [UInt8] {
        let mechanism = Array("PLAIN".utf8)
        let body = mechanism + [0] + user.utf8 + [0] + password.utf8
        let size = UInt32(body.count)
        let header: [UInt8] =
            [0x80, 0x21, 0, UInt8(mechanism.count), 0, 0, 0, 0]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } + [UInt8](repeating: 0, count: 12)
        return header + body
    }
}
