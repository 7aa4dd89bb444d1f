/// What was done to one document.
struct DocumentOutcome: Sendable {
    var index: String
    var id: String
    var version: Int64
    /// `created`, `updated`, `deleted`, `not_found` or `noop`.
    var result: String
    var sequence: Int64
    /// As it is now, where an update was asked to show it.
    var source: JSON?

    var status: Int {
        switch result {
        case "created": 201
        case "not_found": 404
        default: 200
        }
    }

    var json: JSON {
        var json: JSON = [
            "_index": .text(index), "_id": .text(id), "_version": .int(version), "result": .text(result),
            "_shards": ["total": 1, "successful": result == "noop" ? 0 : 1, "failed": 0], "_seq_no": .int(sequence),
            "_primary_term": 1,
        ]
        if let source {
            json.set("get", ["_seq_no": .int(sequence), "_primary_term": 1, "found": true, "_source": source])
        }
        return json
    }
}

/// What a change wants to be true before it is made.
struct DocumentCondition: Sendable {
    var isNew = false
    var sequence: Int64?
    /// A version that comes from elsewhere; older ones are refused.
    var externalVersion: Int64?
    var takesSameVersion = false

    init(isNew: Bool = false) { self.isNew = isNew }

    /// - Parameter parameters: of the URL, or of a bulk's action.
    init(_ parameters: [String: String]) throws(SearchError) {
        isNew = parameters["op_type"] == "create"
        func number(_ name: String) throws(SearchError) -> Int64? {
            guard let text = parameters[name] else { return nil }
            guard let number = Int64(text) else {
                throw .illegal("Failed to parse parameter [\(name)] with value [\(text)]")
            }
            return number
        }
        sequence = try number("if_seq_no")
        if let term = try number("if_primary_term"), term != 1 { sequence = -1 }
        guard let version = try number("version") else { return }
        switch parameters["version_type"] {
        case "external", "external_gt": externalVersion = version
        case "external_gte": (externalVersion, takesSameVersion) = (version, true)
        default:
            throw .illegal(
                "internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and `if_primary_term` instead"
            )
        }
        if let pipeline = parameters["pipeline"], pipeline != "_none" { throw .unsupported("an ingest pipeline") }
    }
}

/// Changes documents of any number of indexes within one transaction, and makes indexes that are missing.
final class DocumentChanges {
    private let database: Database
    private var indexes: [String: Index] = [:]
    private var table: DocumentTable { DocumentTable(database: database) }

    init(_ database: Database) { self.database = database }

    /// Writes down how far the indexes have counted. To be called at the end.
    func finish() throws {
        for index in indexes.values { try IndexTable(database: database).keepSequence(of: index) }
    }

    private func index(_ name: String, makes: Bool) throws -> Index {
        if let index = indexes[name] { return index }
        let list = IndexTable(database: database)
        return try list.find(name) ?? (makes ? list.create(name) : list.require(name))
    }

    // MARK: Changes

    /// - Parameter id: `nil` for one that is chosen here.
    func put(
        _ source: [UInt8], id: String?, in name: String, if condition: DocumentCondition = .init()
    ) throws -> DocumentOutcome {
        let document: JSON
        do { document = try JSON(parsing: source) } catch {
            throw SearchError.mapping("failed to parse: \(error.reason), at byte \(error.offset)")
        }
        return try put(document, source, id: id, in: name, if: condition)
    }

    private func put(
        _ document: JSON, _ source: [UInt8], id: String?, in name: String, if condition: DocumentCondition
    ) throws -> DocumentOutcome {
        let id = id ?? Identifiers.random()
        guard id.utf8.count <= 512 else {
            throw SearchError.illegal(
                "id [\(id.prefix(40))…] is too long, must be no longer than 512 bytes but was: \(id.utf8.count)")
        }
        var index = try index(name, makes: true)
        let old = try table.find(id, in: index)
        try check(condition, id, old, index)
        let new = try table.put(
            source, document, id: id, replacing: old, version: condition.externalVersion, in: &index)
        indexes[name] = index
        return DocumentOutcome(
            index: name, id: id, version: new.version, result: old == nil ? "created" : "updated", sequence: new.row)
    }

    func remove(_ id: String, from name: String, if condition: DocumentCondition = .init()) throws -> DocumentOutcome {
        var index = try index(name, makes: false)
        let old = try table.find(id, in: index)
        try check(condition, id, old, index)
        guard let old else {
            return DocumentOutcome(index: name, id: id, version: 1, result: "not_found", sequence: index.nextSequence)
        }
        let sequence = try table.remove(old, in: &index)
        indexes[name] = index
        return DocumentOutcome(
            index: name, id: id, version: condition.externalVersion ?? old.nextVersion, result: "deleted",
            sequence: sequence)
    }

    /// What `_update` does with a body of `doc`, `upsert` and `doc_as_upsert`.
    func update(
        _ id: String, in name: String, with body: JSON, if condition: DocumentCondition = .init()
    ) throws -> DocumentOutcome {
        for member in body.members ?? [] {
            if ["script", "scripted_upsert"].contains(member.name) {
                throw SearchError.unsupported("a script in an update")
            }
            guard Self.known.contains(member.name) else {
                throw SearchError.parsing("[UpdateRequest] unknown field [\(member.name)]")
            }
        }
        let change = body["doc"]
        let index = try index(name, makes: body["upsert"] != nil || body["doc_as_upsert"]?.bool == true)
        guard let old = try table.find(id, in: index) else {
            guard let first = body["upsert"] ?? (body["doc_as_upsert"]?.bool == true ? change : nil) else {
                throw SearchError(
                    404, "document_missing_exception", "[\(id)]: document missing",
                    more: [.init("index_uuid", .text(index.uuid)), .init("index", .text(name))])
            }
            return try put(first, first.encoded, id: id, in: name, if: condition)
        }
        guard let change else {
            throw SearchError(
                400, "action_request_validation_exception", "Validation Failed: 1: script or doc is missing;")
        }
        try check(condition, id, old, index)
        let before = try JSON(parsing: old.source)
        let after = before.merged(with: change)
        if after == before, body["detect_noop"]?.bool ?? true {
            return DocumentOutcome(index: name, id: id, version: old.version, result: "noop", sequence: old.row)
        }
        return try put(after, after.encoded, id: id, in: name, if: .init())
    }

    private static let known: Set<String> = [
        "doc", "upsert", "doc_as_upsert", "detect_noop", "_source", "lang", "if_seq_no", "if_primary_term",
    ]

    /// - Returns: how many there were.
    func removeAll(_ rows: [Int64], from index: Index, _ deadline: Deadline) throws -> Int {
        var changed = index
        var count = 0
        for row in rows {
            try deadline.check()
            guard let document = try table.document(at: row, in: changed) else { continue }
            _ = try table.remove(document, in: &changed)
            count += 1
        }
        indexes[index.name] = changed
        return count
    }

    private func check(_ condition: DocumentCondition, _ id: String, _ old: StoredDocument?, _ index: Index) throws {
        if condition.isNew, let old {
            throw SearchError.conflict(
                id, "document already exists (current version [\(old.version)])", index: index.name)
        }
        if let sequence = condition.sequence, sequence != old?.row {
            let current =
                old.map { "current document has seqNo [\($0.row)] and primary term [1]" } ?? "but no document was found"
            throw SearchError.conflict(
                id, "required seqNo [\(sequence)], primary term [1]. \(current)", index: index.name)
        }
        if let version = condition.externalVersion, let old,
            condition.takesSameVersion ? old.version > version : old.version >= version
        {
            throw SearchError.conflict(
                id, "current version [\(old.version)] is higher or equal to the one provided [\(version)]",
                index: index.name)
        }
    }
}
