internal import CSQLite

/// What SQLite refused.
struct DatabaseError: Error, CustomStringConvertible {
    let code: Int32
    let description: String

    var isInterrupt: Bool { code & 0xFF == SQLITE_INTERRUPT }
    var isFull: Bool { code & 0xFF == SQLITE_FULL }
}

/// What goes into a statement's `?`, and into the columns that hold values of any kind.
enum SQLValue: Sendable, Hashable {
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

/// A row that a statement stands on; not to be kept.
struct Row: ~Copyable {
    fileprivate let handle: OpaquePointer

    borrowing func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    borrowing func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    borrowing func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    borrowing func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    borrowing func value(_ column: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(double(column))
        default: .text(text(column))
        }
    }
}

/// One connection to a database file; closed with its owner. Statements are prepared once.
final class Database {
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]
    /// Looked at while statements run.
    private var deadline: Deadline?

    /// - Parameter path: a database file, created if absent.
    init(path: String) throws(DatabaseError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            defer { sqlite3_close_v2(handle) }  // SQLite hands out a handle even when it fails to open.
            throw DatabaseError(code: code, description: "\(path) can't be opened")
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 10_000)
        let own = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            handle, 10_000,
            { pointer in
                guard let pointer else { return 0 }
                let database = Unmanaged<Database>.fromOpaque(pointer).takeUnretainedValue()
                return database.deadline?.hasPassed == true ? 1 : 0
            }, own)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Rows changed by the last statement.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// Whether a transaction is open.
    private var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Runs statements without values or results, separated by semicolons.
    func execute(_ script: String) throws(DatabaseError) {
        guard sqlite3_exec(handle, script, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// Runs one statement that gives no rows.
    func run(_ sql: String, _ values: SQLValue...) throws { try each(sql, values) { _ in } }

    /// Runs one statement and turns each of its rows into an element.
    func rows<Element>(
        _ sql: String, _ values: SQLValue..., element: (borrowing Row) throws -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        try each(sql, values) { elements.append(try element($0)) }
        return elements
    }

    /// The first row, or `nil` when there is none.
    func row<Element>(
        _ sql: String, _ values: SQLValue..., element: (borrowing Row) throws -> Element
    ) throws -> Element? {
        var result: Element?
        try each(sql, values) { if result == nil { result = try element($0) } }
        return result
    }

    /// Runs `body` between BEGIN and COMMIT; all of it, or nothing.
    ///
    /// - Parameter deadline: ends what runs longer.
    func transaction<Result>(
        writes: Bool, until deadline: Deadline, _ body: () throws -> Result
    ) throws -> Result {
        self.deadline = deadline
        defer { self.deadline = nil }
        try execute(writes ? "BEGIN IMMEDIATE" : "BEGIN")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            self.deadline = nil
            if isInTransaction { try? execute("ROLLBACK") }  // What failed first matters more.
            throw error
        }
    }

    private func each(
        _ sql: String, _ values: [SQLValue], _ body: (borrowing Row) throws -> Void
    ) throws {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() {
            guard bind(value, to: statement, at: Int32(index + 1)) == SQLITE_OK else { throw failure() }
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try body(Row(handle: statement))
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    private func prepared(_ sql: String) throws(DatabaseError) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        if statements.count >= 500 { forgetStatements() }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
            let statement
        else { throw failure() }
        statements[sql] = statement
        return statement
    }

    /// For tables that are to be dropped; and so that they don't become ever more.
    func forgetStatements() {
        // One that stands on a row is still needed by its caller.
        for (sql, statement) in statements where sqlite3_stmt_busy(statement) == 0 {
            sqlite3_finalize(statement)
            statements[sql] = nil
        }
    }

    private func bind(_ value: SQLValue, to statement: OpaquePointer, at index: Int32) -> Int32 {
        // SQLite copies what it is given (SQLITE_TRANSIENT, which Swift cannot import).
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .integer(let value): return sqlite3_bind_int64(statement, index, value)
        case .real(let value): return sqlite3_bind_double(statement, index, value)
        case .text(let text): return sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), copied)
        case .bytes(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), copied)
        }
    }

    private func failure() -> DatabaseError {
        DatabaseError(
            code: sqlite3_extended_errcode(handle),
            description: sqlite3_errmsg(handle).map { String(cString: $0) } ?? "unknown error")
    }
}
