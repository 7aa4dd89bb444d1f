/// Where a dyno, or one of the platform's own servers, takes requests.
package enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// An IPv4 address in text and a port.
    case tcp(address: String, port: UInt16)
    case unix(path: String)
    /// An address and a port in a dyno's own network, whose sockets come through a Unix socket: the door.
    case inside(door: String, address: String, port: UInt16)

    package var description: String {
        switch self {
        case .tcp(let address, let port): "\(address):\(port)"
        case .unix(let path): path
        case .inside(let door, let address, let port): "\(address):\(port) behind \(door)"
        }
    }
}

/// Everything the router needs to know; immutable, and replaced whole.
package struct RoutingTable: Sendable, Equatable {
    /// One dyno that takes requests.
    package struct Backend: Sendable, Equatable {
        package var id: DynoID
        /// What the access line calls it: `web.1`; empty for the platform's own servers.
        package var name: String
        package var endpoint: Endpoint

        package init(id: DynoID, name: String, endpoint: Endpoint) {
            self.id = id
            self.name = name
            self.endpoint = endpoint
        }
    }

    /// What an app does with a request at the moment.
    package enum State: Sendable, Equatable {
        /// At least one backend.
        case serving([Backend])
        /// Nothing up yet, but dynos are starting: hold the request, at most 75 s, then H20.
        case starting
        /// Asleep: hold as above and tell the daemon to wake the app.
        case asleep
        /// Answer at once with this fault: H10 crashed, H14 no web dynos, H80 maintenance, H81 nothing deployed.
        case refusing(RouterFault)
    }

    /// Addresses of pages that a person wants to be shown in place of the router's own; `nil` for the router's own.
    package struct Pages: Sendable, Equatable {
        /// Of the config var `ERROR_PAGE_URL`.
        package var error: String?
        /// Of the config var `MAINTENANCE_PAGE_URL`.
        package var maintenance: String?

        package init(error: String? = nil, maintenance: String? = nil) {
            self.error = error
            self.maintenance = maintenance
        }
    }

    package struct Route: Sendable, Equatable {
        /// `nil` for the platform's own hosts, which leave no access line.
        package var app: AppID?
        package var state: State
        package var pages: Pages
        /// A client that got an answer from one dyno comes back to it (`http-session-affinity`).
        package var keepsSessions: Bool
        /// Whether the router makes certificates for the hosts that are served as this one; for this one it always does.
        package var certifiesAliases: Bool

        package init(
            app: AppID?, state: State, pages: Pages = Pages(), keepsSessions: Bool = false,
            certifiesAliases: Bool = true
        ) {
            self.app = app
            self.state = state
            self.pages = pages
            self.keepsSessions = keepsSessions
            self.certifiesAliases = certifiesAliases
        }
    }

    /// Grows by one with every table the daemon makes; a router never goes back.
    package var version: UInt64
    /// By host name, lower case, without a port: `webchecker.localhost`.
    package var routes: [String: Route]
    /// Further hosts, by name: which host of ``routes`` they are served as. `*.example.test` is for every name below
    /// `example.test` that is not in the table itself and not below a longer such name.
    package var aliases: [String: String]
    /// The names of all apps, for the page that unknown hosts get.
    package var appNames: [String]

    package init(
        version: UInt64, routes: [String: Route] = [:], aliases: [String: String] = [:], appNames: [String] = []
    ) {
        self.version = version
        self.routes = routes
        self.aliases = aliases
        self.appNames = appNames
    }
}
