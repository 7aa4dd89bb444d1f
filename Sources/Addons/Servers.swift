package import Model

/// One server of an add-on: a process of the machine's that lives as long as the platform.
package struct ServerSpec: Sendable {
    /// What it is known by, and the folder of its data in `addons/`: `postgresql`.
    package var key: String
    /// What kind it is, in logs: `postgres`.
    package var type: String
    /// The host path of all that it keeps. It is the server's HOME and its working folder, wherever it sees it.
    package var folder: String
    /// For bash, in ``folder``.
    package var command: String
    package var environment: [String: String]
    /// Folders of the machine that it needs beside the system's own.
    package var readable: [String]
    /// Tells a server to end that needs another signal than SIGTERM; 0 for none.
    package var endingSignal: Int32
    /// How long it may take until it answers.
    package var patience = Duration.seconds(60)
    /// Whether it answers.
    package var isReady: @Sendable () async -> Bool

    package init(
        key: String, type: String, folder: String, command: String, environment: [String: String] = [:],
        readable: [String] = [], endingSignal: Int32 = 0, isReady: @escaping @Sendable () async -> Bool
    ) {
        self.key = key
        self.type = type
        self.folder = folder
        self.command = command
        self.environment = environment
        self.readable = readable
        self.endingSignal = endingSignal
        self.isReady = isReady
    }
}

/// Where servers run: providers ask for them, the conductor runs them.
package struct Servers: Sendable {
    /// Returns when it answers, also when it ran already; throws an `Explained` when it does not come up.
    package var run: @Sendable (ServerSpec) async throws -> Void
    /// Returns when the server of that key has ended.
    package var stop: @Sendable (_ key: String) async -> Void

    package init(
        run: @escaping @Sendable (ServerSpec) async throws -> Void, stop: @escaping @Sendable (String) async -> Void
    ) {
        self.run = run
        self.stop = stop
    }
}

/// Why an add-on could not be had.
package enum AddonFailure: Explained {
    /// The programs of a service are not on this machine.
    case missing(program: String, package: String)
    /// A helper program ended with an error.
    case failed(String, reason: String)
    case noFreePort(from: UInt16)
    /// Somebody else listens on a port that apps have been told of.
    case portTaken(UInt16)
    case noSuchOption(String, service: String)

    /// - Throws: ``noSuchOption(_:service:)`` for the first of them, where there are any.
    static func refuse(_ options: [String: String], of service: AddonService) throws(AddonFailure) {
        if let option = options.keys.sorted().first { throw .noSuchOption(option, service: service.name) }
    }

    package var explanation: Explanation {
        switch self {
        case .missing(let program, let package):
            Explanation(
                "\(program) is not on this machine", because: "Its programs were looked for in vain.",
                mend: ["sudo apt-get install \(package)", "brew install \(package)"], id: .unavailable)
        case .failed(let what, let reason): Explanation(what, because: reason, id: .unavailable)
        case .portTaken(let port):
            Explanation(
                "Port \(port) is taken", because: "Apps have been told of it, and another program listens there.",
                mend: ["ss -ltnp 'sport = :\(port)'"], id: .unavailable)
        case .noSuchOption(let option, let service):
            Explanation(
                "Couldn't make the add-on", because: "\(service) has no option --\(option) here.",
                mend: ["paas addons:create \(service)"])
        case .noFreePort(let port):
            Explanation("No port is free", because: "All from \(port) on are taken.", id: .unavailable)
        }
    }
}
