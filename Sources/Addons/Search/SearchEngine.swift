/// What answers searches: the server of paas, or a real one that lies in a folder of this machine.
package enum SearchEngine: Sendable, Equatable {
    /// The program `paas-search`.
    case builtIn(program: String)
    /// The folder that `ELASTICSEARCH_HOME` names.
    case elasticsearch(home: String)
    /// The folder that `OPENSEARCH_HOME` names.
    case openSearch(home: String)

    /// What an add-on remembers of it.
    var memory: [String: String] {
        switch self {
        case .builtIn: ["engine": "paas"]
        case .elasticsearch(let home): ["engine": "elasticsearch", "home": home]
        case .openSearch(let home): ["engine": "opensearch", "home": home]
        }
    }

    /// - Parameter memory: of an add-on.
    init(memory: [String: String], program: String) {
        switch (memory["engine"], memory["home"]) {
        case ("elasticsearch", let home?): self = .elasticsearch(home: home)
        case ("opensearch", let home?): self = .openSearch(home: home)
        default: self = .builtIn(program: program)
        }
    }

    /// For the person who has made an add-on with it.
    var message: String {
        switch self {
        case .builtIn: "It is the search server that is built into paas: see docs/addons.md for what it can do"
        case .elasticsearch(let home): "It is the Elasticsearch of \(home)"
        case .openSearch(let home): "It is the OpenSearch of \(home)"
        }
    }

    // MARK: How it is started

    private static let settingsFile = "settings"

    func files(port: UInt16, authorization: String) -> [String: String] {
        let common = [
            "cluster.name: paas", "node.name: paas", "path.data: data", "path.logs: logs", "network.host: 127.0.0.1",
            "http.port: \(port)", "discovery.type: single-node",
        ]
        func text(_ more: [String]) -> String { (common + more).joined(separator: "\n") + "\n" }
        switch self {
        case .builtIn: return [Self.settingsFile: "port \(port)\nauthorization \(authorization)\n"]
        case .elasticsearch:
            return [
                "config/elasticsearch.yml": text([
                    "xpack.security.enabled: true", "xpack.security.autoconfiguration.enabled: false",
                    "xpack.security.http.ssl.enabled: false", "xpack.security.transport.ssl.enabled: false",
                    "xpack.ml.enabled: false", "ingest.geoip.downloader.enabled: false",
                ])
            ]
        case .openSearch: return ["config/opensearch.yml": text(["plugins.security.disabled: true"])]
        }
    }

    /// For bash, in the server's folder.
    var command: String {
        switch self {
        case .builtIn(let program): "exec '\(program)' \(Self.settingsFile)"
        case .elasticsearch(let home):
            // Its users are in a file of its own, with their passwords in a form that only its own program can make.
            """
            cp '\(home)'/config/jvm.options '\(home)'/config/log4j2.properties config/ &&
            { [ -e config/users ] || '\(home)/bin/elasticsearch-users' useradd "$SEARCH_USER" -p "$SEARCH_PASSWORD" -r superuser; } &&
            exec '\(home)/bin/elasticsearch'
            """
        case .openSearch(let home):
            "cp '\(home)'/config/jvm.options '\(home)'/config/log4j2.properties config/ && exec '\(home)/bin/opensearch'"
        }
    }

    func environment(user: String, password: String) -> [String: String] {
        let path = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
        switch self {
        case .builtIn: return path
        case .elasticsearch:
            return path.merging([
                "ES_PATH_CONF": "config", "ES_JAVA_OPTS": "-Xms512m -Xmx512m", "SEARCH_USER": user,
                "SEARCH_PASSWORD": password,
            ]) { $1 }
        case .openSearch:
            return path.merging(["OPENSEARCH_PATH_CONF": "config", "OPENSEARCH_JAVA_OPTS": "-Xms512m -Xmx512m"]) { $1 }
        }
    }

    /// Folders that it needs beside the system's own.
    var readable: [String] {
        switch self {
        case .builtIn(let program): [String(program[..<(program.lastIndex(of: "/") ?? program.endIndex)])]
        case .elasticsearch(let home), .openSearch(let home): [home]
        }
    }
}
