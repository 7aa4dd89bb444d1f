internal import Posix
internal import Synchronization

/// The database of one add-on. Writing goes one after the other; reading goes beside it.
package final class SearchFile: Sendable {
    private final class Connection: @unchecked Sendable {  // Whoever has taken it off its shelf is alone with it.
        let database: Database
        init(_ database: Database) { self.database = database }
    }

    private final class Shelf: Sendable {
        private let free = Mutex<[Connection]>([])

        func take() -> Connection? { free.withLock { $0.popLast() } }
        func put(_ connection: Connection) { free.withLock { $0.append(connection) } }
    }

    private static let readerCount = 4
    private let path: String
    private let readers = BlockingPool(limit: readerCount)
    private let writer = BlockingPool(limit: 1)
    private let readerShelf = Shelf()
    private let writerShelf = Shelf()

    /// - Parameter path: made if absent.
    package init(path: String) throws {
        self.path = path
        let database = try Database(path: path)
        try IndexTable.prepare(database)
        writerShelf.put(Connection(database))
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database, Deadline) throws -> Value) async throws -> Value {
        try await run(on: readers, readerShelf, writes: false, body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database, Deadline) throws -> Value) async throws -> Value
    {
        try await run(on: writer, writerShelf, writes: true, body)
    }

    private func run<Value: Sendable>(
        on pool: BlockingPool, _ shelf: Shelf, writes: Bool,
        _ body: @escaping @Sendable (Database, Deadline) throws -> Value
    ) async throws -> Value {
        try await pool.run { [path] in
            let connection = try shelf.take() ?? Connection(Database(path: path))
            defer { shelf.put(connection) }
            let (database, deadline) = (connection.database, Deadline())
            do {
                return try database.transaction(writes: writes, until: deadline) { try body(database, deadline) }
            } catch let error as DatabaseError where error.isInterrupt {
                throw SearchError.tooSlow
            } catch let error as DatabaseError where error.isFull {
                throw SearchError(
                    507, "disk_full_exception", "nothing was written: there is no space left on the disk")
            }
        }
    }
}
