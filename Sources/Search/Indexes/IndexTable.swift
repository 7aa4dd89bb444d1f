/// The indexes of a database, and what makes and ends them. Used within a transaction.
struct IndexTable {
    let database: Database

    /// Makes what every database has.
    static func prepare(_ database: Database) throws {
        try database.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE IF NOT EXISTS indexes (
                number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, uuid TEXT NOT NULL,
                created INTEGER NOT NULL, settings BLOB NOT NULL, mapping BLOB NOT NULL, numbers BLOB NOT NULL,
                sequence INTEGER NOT NULL);
            """)
    }

    private static let columns = "number, name, uuid, created, settings, mapping, numbers, sequence"

    func all() throws -> [Index] {
        try database.rows("SELECT \(Self.columns) FROM indexes ORDER BY name") { try Self.index($0) }
    }

    func find(_ name: String) throws -> Index? {
        try database.row("SELECT \(Self.columns) FROM indexes WHERE name = ?", .text(name)) {
            try Self.index($0)
        }
    }

    /// - Throws: `index_not_found_exception`
    func require(_ name: String) throws -> Index {
        guard let index = try find(name) else { throw SearchError.noSuchIndex(name) }
        return index
    }

    /// What an expression of a path means: names with commas, `*`, `_all`, `-name`.
    ///
    /// - Parameter ignoresMissing: whether a name without an index is no mistake.
    func matching(_ expression: String, ignoresMissing: Bool = false) throws -> [Index] {
        let all = try all()
        var found: [Index] = []
        for part in expression.split(separator: ",").map(String.init) {
            if part.hasPrefix("-") {
                found.removeAll { Wildcard.matches($0.name, String(part.dropFirst())) }
            } else if part == "_all" || part.contains("*") {
                let pattern = part == "_all" ? "*" : part
                found += all.filter { index in
                    Wildcard.matches(index.name, pattern) && !found.contains { $0.name == index.name }
                }
            } else if let index = all.first(where: { $0.name == part }) {
                if !found.contains(where: { $0.name == part }) { found.append(index) }
            } else if !ignoresMissing {
                throw SearchError.noSuchIndex(part)
            }
        }
        return found
    }

    /// - Throws: `resource_already_exists_exception`, or what is wrong with the name or the mapping.
    func create(_ name: String, settings: JSON = [:], mapping: Mapping? = nil) throws -> Index {
        try Index.check(name)
        if let there = try find(name) {
            throw SearchError(
                400, "resource_already_exists_exception", "index [\(name)/\(there.uuid)] already exists",
                more: [.init("index_uuid", .text(there.uuid)), .init("index", .text(name))])
        }
        let mapping = try mapping ?? Mapping([:])
        try database.run(
            "INSERT INTO indexes (name, uuid, created, settings, mapping, numbers, sequence) VALUES (?, ?, ?, ?, ?, ?, 0)",
            .text(name), .text(Identifiers.random()), .integer(Identifiers.now()), .bytes(settings.encoded),
            .bytes(mapping.definition.encoded), .bytes(Self.encode(mapping.numbers)))
        let index = try require(name)
        try database.execute(
            """
            CREATE TABLE \(index.documents) (
                doc INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, version INTEGER NOT NULL, source BLOB NOT NULL);
            CREATE TABLE \(index.values) (
                field INTEGER NOT NULL, value NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (field, value, doc)
            ) WITHOUT ROWID;
            CREATE INDEX \(index.values)_doc ON \(index.values) (doc);
            """)
        for field in mapping.fields.values { try makeWords(field, in: index) }
        return index
    }

    /// Gives an index another mapping, with the tables of new fields.
    func set(_ mapping: Mapping, of index: inout Index) throws {
        guard mapping != index.mapping else { return }
        for field in mapping.fields.values where index.mapping.fields[field.path] == nil {
            try makeWords(field, in: index)
        }
        index.mapping = mapping
        try database.run(
            "UPDATE indexes SET mapping = ?, numbers = ? WHERE number = ?", .bytes(mapping.definition.encoded),
            .bytes(Self.encode(mapping.numbers)), .integer(index.number))
    }

    func set(_ settings: JSON, of index: Index) throws {
        try database.run(
            "UPDATE indexes SET settings = ? WHERE number = ?", .bytes(settings.encoded), .integer(index.number))
    }

    /// Writes down how far the index has counted.
    func keepSequence(of index: Index) throws {
        try database.run(
            "UPDATE indexes SET sequence = ? WHERE number = ?", .integer(index.nextSequence), .integer(index.number))
    }

    func remove(_ index: Index) throws {
        database.forgetStatements()
        for field in index.mapping.fields.values where field.isText {
            try database.execute("DROP TABLE \(index.vocabulary(field)); DROP TABLE \(index.words(field));")
        }
        try database.execute("DROP TABLE \(index.values); DROP TABLE \(index.documents);")
        try database.run("DELETE FROM indexes WHERE number = ?", .integer(index.number))
    }

    private func makeWords(_ field: Field, in index: Index) throws {
        guard case .text(let analyzer, _) = field.kind else { return }
        let words = index.words(field)
        try database.execute(
            """
            CREATE VIRTUAL TABLE \(words) USING fts5(words, \(IndexText.options(stems: analyzer.stems)));
            CREATE VIRTUAL TABLE \(index.vocabulary(field)) USING fts5vocab(\(words), 'row');
            """)
    }

    // MARK: Rows

    private static func index(_ row: borrowing Row) throws -> Index {
        var numbers: [String: Int] = [:]
        for member in try JSON(parsing: row.bytes(6)).members ?? [] { numbers[member.name] = member.value.int }
        return Index(
            number: row.integer(0), name: row.text(1), uuid: row.text(2), createdMilliseconds: row.integer(3),
            settings: try JSON(parsing: row.bytes(4)),
            mapping: try Mapping(JSON(parsing: row.bytes(5)), numbers: numbers), nextSequence: row.integer(7))
    }

    private static func encode(_ numbers: [String: Int]) -> [UInt8] {
        JSON.object(numbers.sorted { $0.value < $1.value }.map { .init($0.key, .int($0.value)) }).encoded
    }
}
