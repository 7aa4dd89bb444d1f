import Console
import Posix

/// Which ports processes are told to listen on. Source: heroku-cli.md §7.
enum LocalPorts {
    /// What tutorials open.
    static let usual = 5000
    /// Where the search goes on when that is taken: Heroku's own choice of today.
    static let second = 5006

    /// A process that will be started.
    struct Place: Equatable {
        let type: String
        let name: String
        /// What is added to the base port.
        let offset: Int
        let colour: Int
        var isWeb: Bool { type == "web" }
    }

    static func places(of list: StartList, in procfile: LocalProcfile) -> [Place] {
        list.entries.enumerated().flatMap { index, entry in
            guard procfile[entry.type] != nil else { return [Place]() }
            return (0..<entry.count).map { number in
                Place(
                    type: entry.type, name: "\(entry.type).\(number + 1)", offset: 100 * index + number,
                    colour: index + number)
            }
        }
    }

    /// The base port that somebody wants: `--port`, then `PORT` of the variables, then of this environment.
    static func asked(_ flag: String?, _ variables: [String: String]) throws(Failure) -> Int? {
        guard let text = flag ?? variables["PORT"] ?? Environment.nonEmpty("PORT"), !text.isEmpty else { return nil }
        return try parse(text)
    }

    static func parse(_ text: String) throws(Failure) -> Int {
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw Failure("\(text) is no port. A port is a number from 1024 to 65535.", exitCode: 2)
        }
        return port
    }

    /// - Returns: `asked` if nothing is in its way, else the usual port or the first free one of the search.
    static func base(for places: [Place], asked: Int?) throws -> (port: Int, isSubstitute: Bool) {
        let highest = places.map(\.offset).max() ?? 0
        let web = places.filter(\.isWeb)
        if let asked {
            guard asked + highest <= 65_535 else {
                throw Failure("There are not enough ports above \(asked) for all processes.")
            }
            for place in web { try check(asked + place.offset, for: place) }
            return (asked, false)
        }
        for port in [usual] + Array(second..<second + 1000) where web.allSatisfy({ isFree(port + $0.offset) }) {
            return (port, port != usual)
        }
        throw Failure("No port from \(second) on is free.", mend: ["paas local --port PORT"])
    }

    private static func check(_ port: Int, for place: Place) throws(Failure) {
        switch state(of: port) {
        case .free: return
        case .taken:
            throw Failure(
                "Port \(port), which \(place.name) is to listen on, is in use.",
                mend: ["ss -ltnp 'sport = :\(port)'  # who has it", "paas local  # takes a free one"])
        case .privileged:
            throw Failure(
                "Port \(port) is privileged: only root may listen on ports below 1024.",
                mend: ["paas local --port \(usual)"])
        }
    }

    private enum State { case free, taken, privileged }

    private static func isFree(_ port: Int) -> Bool { state(of: port) == .free }

    /// Found out by really listening there, since nobody else knows.
    private static func state(of port: Int) -> State {
        for (address, isIPv6) in [("0.0.0.0", false), ("::", true)] {
            do {
                _ = try TCPSocket.listen(address: address, port: UInt16(clamping: port), ipv6: isIPv6)
            } catch {
                if error.isTaken { return .taken }
                if error.isForbidden { return .privileged }
                // A machine without IPv6 has nobody there either.
            }
        }
        return .free
    }
}
