internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The platform's memory: one SQLite file, and the only room that knows SQL.
package actor Store {
    /// The connection, in the form in which it is lent; `nil` once closed.
    private var transaction: Transaction?

    /// Opens or makes the database and brings its schema up to date; the file and its companions are for their owner
    /// alone (0600). Before a schema is changed the file is copied to `PATH.before-NAME`.
    ///
    /// What ``write(_:)`` has returned from is on the disk, also after a power cut: git keeps its branches as strictly, and
    /// a branch that names a release which is gone could not be pushed again.
    ///
    /// - Parameter path: the file; its folder exists. `":memory:"` keeps everything in memory, for tests.
    /// - Throws: ``StoreError``; ``StoreError/newerSchema(path:migrations:)`` leaves the file as it is.
    package init(path: String) throws {
        if path != ":memory:" {
            // SQLite would make a file that others can read; its log and index take the mode of the file.
            _ = try Descriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600)
        }
        let connection = try Connection(path: path)
        try connection.migrate(path: path)
        _ = try connection.row("PRAGMA journal_mode = WAL") { $0.text(0) }
        try connection.execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        transaction = Transaction(connection: connection)
    }

    /// Everything in `body` happens, or nothing: it is undone when `body` throws. Blocking work in it is short.
    package func write<Result: Sendable>(
        _ body: @Sendable (borrowing Transaction) throws -> Result
    ) throws -> Result {
        switch transaction {
        case .none: throw StoreError.closed
        case .some(let transaction):
            try transaction.connection.execute("BEGIN IMMEDIATE")
            do {
                let result = try body(transaction)
                try transaction.connection.execute("COMMIT")
                return result
            } catch {
                try? transaction.connection.execute("ROLLBACK")  // The error that matters is the one above.
                throw error
            }
        }
    }

    /// Reads one state of the database; `body` must not change it.
    package func read<Result: Sendable>(
        _ body: @Sendable (borrowing Transaction) throws -> Result
    ) throws -> Result {
        switch transaction {
        case .none: throw StoreError.closed
        case .some(let transaction):
            let changes = transaction.connection.changes
            try transaction.connection.execute("BEGIN")
            defer { try? transaction.connection.execute("ROLLBACK") }  // It only ends the reading.
            let result = try body(transaction)
            precondition(transaction.connection.changes == changes, "a read transaction has written")
            return result
        }
    }

    /// Closes the file; every later call throws ``StoreError/closed``.
    package func close() { transaction = nil }
}

/// The database between the beginning and the end of one transaction; what is in it has a file in `Tables`.
package struct Transaction: ~Copyable {
    let connection: Connection
}
