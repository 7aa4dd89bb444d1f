internal import Model

/// What goes into a statement's `?`.
enum SQLValue {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    init(_ value: Bool) { self = .integer(value ? 1 : 0) }
    init(_ value: Int) { self = .integer(Int64(value)) }
    init(_ value: Int64) { self = .integer(value) }
    init(_ value: String) { self = .text(value) }
    init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
    init(_ value: Timestamp) { self = .integer(value.microseconds) }
    init(_ value: Timestamp?) { self = value.map { .integer($0.microseconds) } ?? .null }
    /// In microseconds.
    init(_ value: Duration) { self = .integer(Int64(value / .microseconds(1))) }
    init<Subject>(_ value: Identifier<Subject>) { self = .text(value.description) }
    init<Subject>(_ value: Identifier<Subject>?) { self = value.map { .text($0.description) } ?? .null }
}
