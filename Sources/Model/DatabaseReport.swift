/// How a database is at this moment.
package struct DatabaseReport: Sendable, Equatable {
    /// One line of `pg:info`.
    package struct Line: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package let databaseName: String
    package let role: String
    package let port: UInt16
    /// `15.18`
    package let version: String
    package let connections: Int
    package let bytes: Int
    package let tables: Int
    /// In the order in which they are shown.
    package let lines: [Line]

    package init(
        databaseName: String, role: String, port: UInt16, version: String, connections: Int, bytes: Int, tables: Int,
        lines: [Line]
    ) {
        self.databaseName = databaseName
        self.role = role
        self.port = port
        self.version = version
        self.connections = connections
        self.bytes = bytes
        self.tables = tables
        self.lines = lines
    }
}
