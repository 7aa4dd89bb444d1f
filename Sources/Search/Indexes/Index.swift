/// An index as it stands in the database: its mapping, its tables, and where it counts.
struct Index: Sendable, Equatable {
    let number: Int64
    let name: String
    /// As clients see it.
    let uuid: String
    let createdMilliseconds: Int64
    var settings: JSON
    var mapping: Mapping
    /// The next document's `_seq_no`, and its row.
    var nextSequence: Int64

    // MARK: Its tables

    var documents: String { "d\(number)" }
    /// What can be looked for, sorted by and counted without being taken apart: a row a value.
    var values: String { "v\(number)" }
    /// The words of a text field.
    func words(_ field: Field) -> String { "t\(number)_\(field.number)" }
    func vocabulary(_ field: Field) -> String { "w\(number)_\(field.number)" }

    // MARK: Names

    /// - Throws: an `invalid_index_name_exception`. Source: Elasticsearch's reference, create index API.
    static func check(_ name: String) throws(SearchError) {
        let reason: String? =
            if name.contains(where: { "\\/*?\"<>| ,#:".contains($0) || $0.isWhitespace }) {
                #"must not contain the following characters [' ','"','*',',','/','<','>','?','\','|','#',':']"#
            } else if name != name.lowercased() {
                "must be lowercase"
            } else if name.isEmpty || "_-+".contains(name.first ?? "_") {
                "must not start with '_', '-', or '+'"
            } else if [".", ".."].contains(name) {
                "must not be '.' or '..'"
            } else if name.utf8.count > 255 {
                "is too long, (\(name.utf8.count) > 255)"
            } else {
                nil
            }
        guard let reason else { return }
        throw SearchError(
            400, "invalid_index_name_exception", "Invalid index name [\(name.prefix(300))], \(reason)",
            more: [.init("index", .text(name))])
    }
}
