/// How a key-value store is at this moment.
package struct StoreReport: Sendable, Equatable {
    package let port: UInt16
    /// `7.0.15`
    package let version: String
    /// Names and values in the order in which `redis:info` shows them.
    package let lines: [DatabaseReport.Line]
    package let maxmemoryPolicy: String
    /// In seconds.
    package let timeout: Int

    package init(
        port: UInt16, version: String, lines: [DatabaseReport.Line], maxmemoryPolicy: String, timeout: Int
    ) {
        self.port = port
        self.version = version
        self.lines = lines
        self.maxmemoryPolicy = maxmemoryPolicy
        self.timeout = timeout
    }
}
