internal import CSQLite
internal import Model

/// A prepared statement, and while it is stepped through, the row it stands on.
struct Statement: ~Copyable {
    private let handle: OpaquePointer

    /// Takes the ownership of `handle`.
    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { sqlite3_finalize(handle) }

    borrowing func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        // SQLite copies what it is given (SQLITE_TRANSIENT, which Swift cannot import).
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let value): return sqlite3_bind_int64(handle, index, value)
        case .text(let text): return sqlite3_bind_text(handle, index, text, Int32(text.utf8.count), copied)
        case .bytes(let bytes):
            // An empty array has no address, which SQLite would take for NULL.
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return sqlite3_bind_blob64(handle, index, bytes, UInt64(bytes.count), copied)
        }
    }

    borrowing func step() -> Int32 { sqlite3_step(handle) }

    borrowing func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    borrowing func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    borrowing func int(_ column: Int32) -> Int { Int(integer(column)) }

    borrowing func bool(_ column: Int32) -> Bool { integer(column) != 0 }

    borrowing func time(_ column: Int32) -> Timestamp { Timestamp(microseconds: integer(column)) }

    borrowing func duration(_ column: Int32) -> Duration { .microseconds(integer(column)) }

    borrowing func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    borrowing func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    borrowing func optionalTime(_ column: Int32) -> Timestamp? { isNull(column) ? nil : time(column) }

    borrowing func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// - Throws: ``StoreError/damagedRow(table:column:)`` when `parse` does not understand the column's text.
    borrowing func parsed<Value>(
        _ column: Int32, _ parse: (String) throws -> Value?
    ) throws(StoreError) -> Value {
        guard let value = try? parse(text(column)) else {  // What went wrong in it is told by the place.
            throw .damagedRow(
                table: sqlite3_column_table_name(handle, column).map { String(cString: $0) } ?? "?",
                column: sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "?")
        }
        return value
    }

    borrowing func id<Subject>(_ column: Int32, _: Subject.Type = Subject.self) throws(StoreError) -> Identifier<
        Subject
    > {
        try parsed(column) { Identifier($0) }
    }

    borrowing func optionalID<Subject>(
        _ column: Int32, _: Subject.Type = Subject.self
    ) throws(StoreError) -> Identifier<Subject>? {
        isNull(column) ? nil : try id(column)
    }
}
