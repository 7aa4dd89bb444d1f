/// A document as it is kept.
struct StoredDocument: Sendable, Equatable {
    /// Its row, and its `_seq_no`.
    let row: Int64
    let id: String
    let version: Int64
    /// The bytes that were sent.
    let source: [UInt8]

    /// One that comes from elsewhere may be the last that there is.
    var nextVersion: Int64 { version == .max ? .max : version + 1 }
}

/// The documents of one index. Used within a transaction.
struct DocumentTable {
    let database: Database

    func find(_ id: String, in index: Index) throws -> StoredDocument? {
        try database.row("SELECT doc, id, version, source FROM \(index.documents) WHERE id = ?", .text(id)) {
            StoredDocument(row: $0.integer(0), id: $0.text(1), version: $0.integer(2), source: $0.bytes(3))
        }
    }

    func document(at row: Int64, in index: Index) throws -> StoredDocument? {
        try database.row("SELECT doc, id, version, source FROM \(index.documents) WHERE doc = ?", .integer(row)) {
            StoredDocument(row: $0.integer(0), id: $0.text(1), version: $0.integer(2), source: $0.bytes(3))
        }
    }

    func count(in index: Index) throws -> Int {
        try database.row("SELECT count(*) FROM \(index.documents)") { Int($0.integer(0)) } ?? 0
    }

    /// Puts a document in the place of `old`, or where there was none.
    ///
    /// - Parameter version: one that comes from elsewhere.
    /// - Throws: a ``SearchError`` for what its mapping does not take; nothing is written then.
    func put(
        _ source: [UInt8], _ document: JSON, id: String, replacing old: StoredDocument?, version: Int64? = nil,
        in index: inout Index
    ) throws -> StoredDocument {
        let reader = try DocumentReader(document, mapping: index.mapping)
        try IndexTable(database: database).set(reader.mapping, of: &index)
        if let old { try erase(old, in: index) }
        let new = StoredDocument(
            row: index.nextSequence, id: id, version: version ?? old?.nextVersion ?? 1, source: source)
        index.nextSequence += 1
        try database.run(
            "INSERT INTO \(index.documents) (doc, id, version, source) VALUES (?, ?, ?, ?)", .integer(new.row),
            .text(id), .integer(new.version), .bytes(source))
        var words: [Int: (field: Field, tokens: [Token])] = [:]
        for (field, value) in reader.values {
            if case .text(let analyzer, _) = field.kind {
                guard case .text(let text) = value else { continue }
                words[field.number, default: (field, [])].tokens += analyzer.tokens(of: text)
            } else {
                try database.run(
                    "INSERT OR IGNORE INTO \(index.values) (field, value, doc) VALUES (?, ?, ?)",
                    .integer(Int64(field.number)), value, .integer(new.row))
            }
        }
        for (field, tokens) in words.values {
            try database.run(
                "INSERT INTO \(index.words(field)) (rowid, words) VALUES (?, ?)", .integer(new.row),
                .text(IndexText.text(tokens)))
        }
        return new
    }

    /// - Returns: the sequence number of the removal.
    func remove(_ document: StoredDocument, in index: inout Index) throws -> Int64 {
        try erase(document, in: index)
        defer { index.nextSequence += 1 }
        return index.nextSequence
    }

    private func erase(_ document: StoredDocument, in index: Index) throws {
        for field in index.mapping.fields.values where field.isText {
            try database.run("DELETE FROM \(index.words(field)) WHERE rowid = ?", .integer(document.row))
        }
        try database.run("DELETE FROM \(index.values) WHERE doc = ?", .integer(document.row))
        try database.run("DELETE FROM \(index.documents) WHERE doc = ?", .integer(document.row))
    }
}
