internal import CSQLite

/// One connection to a database file; closed with its owner.
struct Connection: ~Copyable {
    private let handle: OpaquePointer

    /// - Parameter path: a database file, created if absent; `":memory:"` for tests.
    init(path: String) throws(StoreError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            defer { sqlite3_close_v2(handle) }  // SQLite hands out a handle even when it fails to open.
            throw .sqlite(code: code, message: handle.map(Self.lastMessage) ?? "out of memory", sql: nil)
        }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5_000)
        self.handle = handle
    }

    deinit { sqlite3_close_v2(handle) }

    /// Rows changed since the connection was opened.
    var changes: Int64 { sqlite3_total_changes64(handle) }

    /// Runs statements without values or results, separated by semicolons.
    borrowing func execute(_ script: String) throws(StoreError) {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, script) }
    }

    /// Runs one statement that gives no rows.
    borrowing func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) {
        let statement = try prepare(sql, values)
        while try step(statement, sql) {}
    }

    /// Runs one statement and turns each of its rows into an element.
    borrowing func rows<Element>(
        _ sql: String, _ values: [SQLValue] = [], _ element: (borrowing Statement) throws -> Element
    ) throws -> [Element] {
        let statement = try prepare(sql, values)
        var elements: [Element] = []
        while try step(statement, sql) { elements.append(try element(statement)) }
        return elements
    }

    /// The first row, or `nil` when there is none.
    borrowing func row<Element>(
        _ sql: String, _ values: [SQLValue] = [], _ element: (borrowing Statement) throws -> Element
    ) throws -> Element? {
        let statement = try prepare(sql, values)
        guard try step(statement, sql) else { return nil }
        return try element(statement)
    }

    private borrowing func prepare(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> Statement {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw failure(code, sql) }
        let statement = Statement(prepared)
        for (index, value) in values.enumerated() {
            let code = statement.bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw failure(code, sql) }
        }
        return statement
    }

    /// - Returns: whether there is a row.
    private borrowing func step(_ statement: borrowing Statement, _ sql: String) throws(StoreError) -> Bool {
        switch statement.step() {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code, sql)
        }
    }

    private borrowing func failure(_ code: Int32, _ sql: String) -> StoreError {
        .sqlite(code: code, message: Self.lastMessage(handle), sql: sql)
    }

    private static func lastMessage(_ handle: OpaquePointer) -> String {
        sqlite3_errmsg(handle).map { String(cString: $0) } ?? "unknown error"
    }
}
