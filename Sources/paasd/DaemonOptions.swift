internal import Model

/// `paasd --home HOME [--port N] [--proxy-port N]`
struct DaemonOptions {
    var home: String
    var port: UInt16?
    /// Where connections begin with the PROXY protocol; 0 for nowhere.
    var proxyPort: UInt16?

    init(arguments: [String]) throws {
        var home: String?
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--home": home = rest.popFirst()
            case "--port":
                guard let text = rest.popFirst(), let number = UInt16(text), number > 0 else {
                    throw DaemonError.badPort
                }
                port = number
            case "--proxy-port":
                guard let text = rest.popFirst(), let number = UInt16(text) else { throw DaemonError.badPort }
                proxyPort = number
            default: throw DaemonError.unknownArgument(argument)
            }
        }
        guard let home, home.hasPrefix("/") else { throw DaemonError.noHome }
        self.home = home
    }
}

/// Why the daemon could not start.
enum DaemonError: Explained {
    case unknownArgument(String)
    case noHome
    case badPort
    case alreadyRunning(home: String)
    case missingProgram(String)
    case badLevel(String)

    var explanation: Explanation {
        switch self {
        case .unknownArgument(let argument):
            Explanation("paasd doesn't know \(argument)", mend: ["paasd --home FOLDER [--port N] [--proxy-port N]"])
        case .noHome: Explanation("paasd needs an absolute home folder", mend: ["paas up", "paasd --home FOLDER"])
        case .badPort: Explanation("A port is a number from 1 to 65535", mend: ["paas up --port 8080"])
        case .alreadyRunning(let home):
            Explanation("paasd is already running", because: "It holds \(home).", mend: ["paas status"])
        case .badLevel(let text):
            Explanation(
                "PAAS_SANDBOX_LEVEL=\(text) can't be", because: "The levels are L0 (for root), L1, L1b, L2 and L3.",
                mend: ["unset PAAS_SANDBOX_LEVEL"])
        case .missingProgram(let path):
            Explanation("A program of paas is missing", because: "\(path) is not there.", mend: ["make install"])
        }
    }
}
