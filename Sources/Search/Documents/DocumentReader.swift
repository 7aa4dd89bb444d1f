/// Takes a document apart: which fields have which values. Learns fields that are new.
struct DocumentReader {
    /// With what the document has taught.
    private(set) var mapping: Mapping
    /// What each field is to be found by.
    private(set) var values: [(field: Field, value: SQLValue)] = []

    /// - Throws: a `mapper_parsing_exception`; nothing has been learnt then.
    init(_ document: JSON, mapping: Mapping) throws(SearchError) {
        self.mapping = mapping
        guard let members = document.members else {
            throw .mapping("failed to parse: a document is a JSON object, and this is of kind \(document.kind)")
        }
        for member in members { try read(member.value, at: member.name, under: nil) }
    }

    private mutating func read(_ value: JSON, at path: String, under parent: String?) throws(SearchError) {
        guard !path.isEmpty, !path.hasPrefix("."), !path.hasSuffix(".") else {
            throw .mapping("failed to parse: field name cannot be an empty string, nor begin or end with a dot")
        }
        if mapping.closed.contains(path) { return }
        switch value {
        case .list(let list): for element in list { try read(element, at: path, under: parent) }
        case .object(let members):
            guard mapping.readers(of: path).isEmpty else {
                let type = mapping.fields[path]?.type ?? "text"
                throw .mapping("failed to parse field [\(path)] of type [\(type)]: an object is none")
            }
            for member in members { try read(member.value, at: "\(path).\(member.name)", under: path) }
        case .null:
            for field in mapping.readers(of: path) {
                if let stand = field.nullValue, let value = try field.value(stand) { values.append((field, value)) }
            }
        case .bool, .number, .text: try readScalar(value, at: path)
        }
    }

    private mutating func readScalar(_ value: JSON, at path: String) throws(SearchError) {
        if mapping.readers(of: path).isEmpty {
            let below = path + "."
            guard !mapping.fields.keys.contains(where: { $0.hasPrefix(below) }) else {
                throw .mapping(
                    "object mapping for [\(path)] tried to parse field [\(path)] as object, but found a concrete value")
            }
            switch mapping.dynamic {
            case .ignores: return
            case .refuses:
                throw SearchError(
                    400, "strict_dynamic_mapping_exception",
                    "mapping set to strict, dynamic introduction of [\(path)] within [_doc] is not allowed")
            case .learns: mapping = try mapping.learning(path, from: value)
            }
        }
        for field in mapping.readers(of: path) where field.isIndexed {
            do {
                if let value = try field.value(value) { values.append((field, value)) }
            } catch {
                guard field.ignoresMalformed else { throw error }
            }
        }
    }
}
