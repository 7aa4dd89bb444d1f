import Posix

/// One program's way to look up a host name, tried with a name below `localhost`.
struct NameCheck: Sendable {
    let name: String
    private let program: String
    private let arguments: [String]

    private static let host = "paas-doctor.localhost"

    static let all: [NameCheck] = [
        // Nothing listens on port 1: "couldn't connect" (7) means that the name was found, 6 that it was not.
        NameCheck(
            name: "curl", program: "curl", arguments: ["--noproxy", "*", "-s", "-o", "/dev/null", "http://\(host):1/"]),
        NameCheck(name: "getent", program: "getent", arguments: ["hosts", host]),
        NameCheck(
            name: "python3", program: "python3",
            arguments: ["-c", "import socket; socket.getaddrinfo('\(host)', 80)"]),
        NameCheck(
            name: "node", program: "node",
            arguments: ["-e", "require('dns').lookup('\(host)', error => process.exit(error ? 1 : 0))"]),
    ]

    var isInstalled: Bool { MachineProgram.path(of: program) != nil }

    func resolves() -> Bool {
        guard let path = MachineProgram.path(of: program),
            let result = try? Subprocess.capture(path, arguments: arguments, environment: Environment.all)
        else { return false }
        return result.end.isSuccess || (program == "curl" && result.end == .code(7))
    }
}
