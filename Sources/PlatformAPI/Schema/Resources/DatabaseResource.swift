/// How a database of Heroku Postgres is: what `pg:info` shows. Source: platform-api.md §3.
package struct DatabaseResource: Codable, Sendable, Equatable {
    /// One line: `Plan: essential-0`.
    package struct Line: Codable, Sendable, Equatable {
        package var name: String
        package var values: [String]

        package init(_ name: String, _ value: String) {
            self.name = name
            values = [value]
        }
    }

    package var addonID: String
    package var name: String
    package var plan: String
    package var createdAt: String
    package var databaseName: String
    package var databaseUser: String
    /// The URL that config vars have.
    package var resourceURL: String
    package var port: Int
    package var postgresVersion: String
    package var numBytes: Int
    package var numTables: Int
    package var numConnections: Int
    package var isWaiting: Bool
    package var info: [Line]

    package init(
        addonID: String, name: String, plan: String, createdAt: String, databaseName: String, databaseUser: String,
        resourceURL: String, port: Int, postgresVersion: String, numBytes: Int, numTables: Int, numConnections: Int,
        info: [Line]
    ) {
        self.addonID = addonID
        self.name = name
        self.plan = plan
        self.createdAt = createdAt
        self.databaseName = databaseName
        self.databaseUser = databaseUser
        self.resourceURL = resourceURL
        self.port = port
        self.postgresVersion = postgresVersion
        self.numBytes = numBytes
        self.numTables = numTables
        self.numConnections = numConnections
        isWaiting = false
        self.info = info
    }

    private enum CodingKeys: String, CodingKey {
        case name, plan, port, info
        case addonID = "addon_id"
        case createdAt = "created_at"
        case databaseName = "database_name"
        case databaseUser = "database_user"
        case resourceURL = "resource_url"
        case postgresVersion = "postgres_version"
        case numBytes = "num_bytes"
        case numTables = "num_tables"
        case numConnections = "num_connections"
        case isWaiting = "waiting?"
    }
}

/// A sentence about what was done. Source: platform-api.md §3.
package struct MessageResource: Codable, Sendable, Equatable {
    package var message: String

    package init(_ message: String) { self.message = message }
}

/// Whether a database has to be waited for. Source: platform-api.md §3.
package struct WaitStatus: Codable, Sendable, Equatable {
    package var message: String
    package var isWaiting: Bool

    package init(message: String, isWaiting: Bool) {
        self.message = message
        self.isWaiting = isWaiting
    }

    private enum CodingKeys: String, CodingKey {
        case message
        case isWaiting = "waiting?"
    }
}
