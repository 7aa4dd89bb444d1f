package import Model

/// Why the platform's memory could not be read or written.
package enum StoreError: Error, Sendable, Equatable {
    /// SQLite refused; `code` is its extended result code, `sql` the statement where there was one.
    case sqlite(code: Int32, message: String, sql: String?)
    /// The file was written by a newer program: it knows `migrations` that this one does not.
    case newerSchema(path: String, migrations: [String])
    /// A row holds what no program of ours writes there.
    case damagedRow(table: String, column: String)
    case appNameTaken(AppName)
    case closed
}

extension StoreError: Explained {
    package var explanation: Explanation {
        switch self {
        case .sqlite(let code, let message, _):
            Explanation(
                "Couldn't use the platform's database", because: "SQLite says: \(message) (\(code)).",
                mend: ["paas doctor", "df -h  # is the disk full?"], id: .internalError)
        case .newerSchema(let path, let migrations):
            Explanation(
                "Couldn't open the platform's database",
                because: "A newer paas has changed \(path) (\(migrations.joined(separator: ", "))); this one is too old"
                    + " to read it.",
                mend: ["Install the newer paas again", "Restore the copy that lies beside the file"],
                id: .internalError)
        case .damagedRow(let table, let column):
            Explanation(
                "Couldn't read the platform's database",
                because: "The column \(column) of \(table) holds something that paas never writes.",
                mend: ["Restore the copy that lies beside the file"], id: .internalError)
        case .appNameTaken(let name):
            Explanation("Name \(name) is already taken")
        case .closed:
            Explanation(
                "Couldn't use the platform's database", because: "The daemon is stopping.", mend: ["paas up"],
                id: .unavailable)
        }
    }
}
