package import Model
package import Posix

/// One of the services that are an Elasticsearch: a search server for each add-on.
package final class SearchService: AddonProvider {
    package let service: AddonService
    /// Ends of config vars that hold the URL.
    private let urlNames: [String]
    private let place: Place

    /// What both services have in common.
    package struct Place: Sendable {
        let folder: String
        let program: String
        let homes: [String: String]
        let servers: Servers
        let pool: BlockingPool
        let reactor: Reactor

        /// - Parameters:
        ///   - folder: `addons` of the home; each server has a folder in `search` there.
        ///   - program: the path of `paas-search`.
        ///   - environment: of the daemon: `ELASTICSEARCH_HOME` and `OPENSEARCH_HOME` name real ones.
        package init(
            folder: String, program: String, environment: [String: String], servers: Servers, pool: BlockingPool,
            reactor: Reactor
        ) {
            self.folder = "\(folder)/search"
            self.program = program
            homes = environment.filter {
                ["ELASTICSEARCH_HOME", "OPENSEARCH_HOME"].contains($0.key) && !$0.value.isEmpty
            }
            self.servers = servers
            self.pool = pool
            self.reactor = reactor
        }

        var door: OutwardConnection { OutwardConnection(reactor: reactor, pool: pool) }
    }

    private init(_ service: AddonService, urlNames: [String], _ place: Place) {
        self.service = service
        self.urlNames = urlNames
        self.place = place
    }

    /// SearchBox and Bonsai.
    package static func all(_ place: Place) -> [SearchService] {
        [
            SearchService(
                AddonService(
                    name: "searchbox", humanName: "SearchBox Elasticsearch", stem: "searchbox",
                    attachmentName: "SEARCHBOX", furtherPrefix: "SEARCHBOX",
                    plans: plans("starter micro mini small medium large xlarge small-ha medium-ha large-ha")),
                urlNames: ["URL", "SSL_URL"], place),
            SearchService(
                AddonService(
                    name: "bonsai", humanName: "Bonsai Elasticsearch", stem: "bonsai", attachmentName: "BONSAI",
                    furtherPrefix: "BONSAI",
                    plans: plans(
                        """
                        sandbox hobby starter staging standard-sm standard-md standard-lg standard-xl business-sm \
                        business-md business-lg business-xl production enterprise-sm enterprise-md enterprise-lg \
                        private-compute-sm private-compute-md private-compute-lg
                        """)),
                urlNames: ["URL"], place),
        ]
    }

    private static func plans(_ names: String) -> [AddonPlan] {
        names.split(separator: " ").map { name in
            AddonPlan(
                String(name),
                name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " "))
        }
    }

    // MARK: Life

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        let engine = try engine(options)
        return try await FreePort.claim {
            let server = try await place.pool.run { [self] in try make(addon, engine) }
            try await place.servers.run(server.spec(place.door))
            return AddonHolding(
                values: Dictionary(uniqueKeysWithValues: urlNames.map { ($0, server.url) }), memory: server.memory,
                message: engine.message)
        } undoing: {
            try await remove(addon)
        }
    }

    /// - Parameter options: Bonsai's own `--engine` and `--version`.
    private func engine(_ options: [String: String]) throws -> SearchEngine {
        let known = service.name == "bonsai" ? ["engine", "version"] : []
        if let option = options.keys.sorted().first(where: { !known.contains($0) }) {
            throw SearchServiceError.noSuchOption(option, service: service.name)
        }
        let wanted = options["engine"]
        if let wanted, !["elasticsearch", "opensearch"].contains(wanted) {
            throw SearchServiceError.noSuchEngine(wanted)
        }
        if wanted != "opensearch", let home = place.homes["ELASTICSEARCH_HOME"] {
            guard FileTree.exists("\(home)/bin/elasticsearch") else {
                throw SearchServiceError.noEngine(variable: "ELASTICSEARCH_HOME", program: "\(home)/bin/elasticsearch")
            }
            return .elasticsearch(home: home)
        }
        if wanted != "elasticsearch", let home = place.homes["OPENSEARCH_HOME"] {
            guard FileTree.exists("\(home)/bin/opensearch") else {
                throw SearchServiceError.noEngine(variable: "OPENSEARCH_HOME", program: "\(home)/bin/opensearch")
            }
            return .openSearch(home: home)
        }
        return .builtIn(program: place.program)
    }

    /// Plans differ in size, which is not enforced here.
    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func remove(_ addon: Addon) async throws {
        await place.servers.stop(Self.key(addon))
        let path = "\(place.folder)/\(Self.key(addon))"
        try await place.pool.run { try FileTree.remove(path) }
    }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] {
        addons.compactMap { server(of: $0)?.spec(place.door) }
    }

    /// Its indexes, for a browser that is let in by what the URL says.
    package func page(of addon: Addon) -> String? { addon.values["URL"].map { "\($0)/_cat/indices?v" } }

    // MARK: The server

    private static func key(_ addon: Addon) -> String { "search-\(addon.id)" }

    private func make(_ addon: Addon, _ engine: SearchEngine) throws -> SearchServer {
        let key = Self.key(addon)
        let own = "\(place.folder)/\(key)"
        for path in [place.folder, own] { try FileTree.makeFolder(path) }
        let others = try FileTree.names(in: place.folder).map { "\(place.folder)/\($0)/port" }
        let server = SearchServer(
            folder: own, key: key, port: try FreePort.keep(in: "\(own)/port", from: 9200, besides: others),
            user: "paas",
            password: try Secret.make(20), engine: engine)
        try server.writeSettings()
        return server
    }

    /// - Returns: `nil` for one that was never made.
    private func server(of addon: Addon) -> SearchServer? {
        guard let port = addon.memory["port"].flatMap({ UInt16($0) }), let user = addon.memory["user"],
            let password = addon.memory["password"]
        else { return nil }
        let key = Self.key(addon)
        return SearchServer(
            folder: "\(place.folder)/\(key)", key: key, port: port, user: user, password: password,
            engine: SearchEngine(memory: addon.memory, program: place.program))
    }
}

/// What the search services refuse.
package enum SearchServiceError: Explained {
    case noSuchOption(String, service: String)
    case noSuchEngine(String)
    /// The folder that a variable names does not hold what it should.
    case noEngine(variable: String, program: String)

    package var explanation: Explanation {
        switch self {
        case .noSuchOption(let option, let service):
            Explanation(
                "Couldn't make the search server", because: "\(service) has no option --\(option) here.",
                mend: ["paas addons:create \(service)"])
        case .noSuchEngine(let engine):
            Explanation(
                "Couldn't make the search server",
                because: "There is no engine \(engine): it is elasticsearch or opensearch.",
                mend: ["paas addons:create bonsai -- --engine=elasticsearch"])
        case .noEngine(let variable, let program):
            Explanation(
                "Couldn't make the search server", because: "\(variable) is set, and there is no \(program).",
                mend: ["unset \(variable)  # then paas down and paas up: the server of paas serves instead"],
                id: .unavailable)
        }
    }
}
