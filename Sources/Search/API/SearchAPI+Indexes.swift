extension SearchAPI {
    /// `/INDEX`
    func index(_ name: String, _ call: Call) async throws -> Reply {
        switch call.method {
        case "PUT": return try await create(name, call)
        case "HEAD":
            return .exists(
                try await file.read { database, _ in
                    do {
                        return try !IndexTable(database: database).matching(name).isEmpty || name.contains("*")
                    } catch is SearchError {
                        return false
                    }
                })
        case "GET":
            return try await each(name, call) { index in
                [
                    "aliases": [:], "mappings": index.mapping.definition,
                    "settings": ["index": Self.settings(of: index)],
                ]
            }
        case "DELETE":
            return try await file.write { database, _ in
                let table = IndexTable(database: database)
                for index in try table.matching(name, ignoresMissing: call.isSet("ignore_unavailable")) {
                    try table.remove(index)
                }
                return .acknowledged
            }
        default:
            try allow("GET", "PUT", "DELETE", "HEAD", for: call)
            throw unknown(call)
        }
    }

    /// An object with what `part` says of each index.
    private func each(
        _ name: String, _ call: Call, _ part: @escaping @Sendable (Index) -> JSON
    ) async throws -> Reply {
        try await file.read { database, _ in
            let indexes = try IndexTable(database: database).matching(
                name, ignoresMissing: call.isSet("ignore_unavailable"))
            return .json(.object(indexes.map { .init($0.name, part($0)) }))
        }
    }

    private func create(_ name: String, _ call: Call) async throws -> Reply {
        let body = try call.json()
        for member in body.members ?? [] where !["settings", "mappings", "aliases"].contains(member.name) {
            throw SearchError.parsing("unknown key [\(member.name)] for create index")
        }
        if body["aliases"]?.members?.isEmpty == false { throw SearchError.unsupported("an alias") }
        let settings = try Self.normalized(body["settings"] ?? [:])
        let mapping = try Mapping(Self.untyped(body["mappings"] ?? [:]))
        return try await file.write { database, _ in
            _ = try IndexTable(database: database).create(name, settings: settings, mapping: mapping)
            return .json(["acknowledged": true, "shards_acknowledged": true, "index": .text(name)])
        }
    }

    /// A mapping as version 6 had it stands under the name of a type.
    private static func untyped(_ mapping: JSON) -> JSON {
        guard let member = mapping.members?.first, mapping.members?.count == 1,
            !member.name.hasPrefix("_") || member.name == "_doc",
            !["properties", "dynamic", "date_detection", "numeric_detection"].contains(member.name),
            member.value.members?.isEmpty == true || member.value["properties"] != nil
        else { return mapping }
        return member.value
    }

    /// Settings without `index.` in front.
    private static func normalized(_ settings: JSON) throws(SearchError) -> JSON {
        var result: JSON = [:]
        for member in settings.members ?? [] {
            if member.name == "index", let inner = member.value.members {
                for member in inner { result.set(member.name, member.value) }
            } else {
                result.set(
                    member.name.hasPrefix("index.") ? String(member.name.dropFirst(6)) : member.name, member.value)
            }
        }
        for member in result.members ?? [] {
            let own = member.name == "analysis" && member.value.members?.isEmpty == false
            if own || member.name.hasPrefix("analysis.") {
                throw .unsupported("an analyzer of one's own (the setting [analysis])")
            }
        }
        return result
    }

    private static func settings(of index: Index) -> JSON {
        var settings: JSON = ["number_of_shards": "1", "number_of_replicas": "0"]
        for member in index.settings.members ?? [] {
            settings.set(member.name, member.value.scalarText.map(JSON.text) ?? member.value)
        }
        settings.set("provided_name", .text(index.name))
        settings.set("creation_date", .text("\(index.createdMilliseconds)"))
        settings.set("uuid", .text(index.uuid))
        settings.set("version", ["created": "8521000"])
        return settings
    }

    /// `/INDEX/_mapping` and the like.
    func aspect(_ name: String, of expression: String, _ call: Call) async throws -> Reply {
        switch name {
        case "_mapping", "_mappings":
            if call.method == "GET" || call.method == "HEAD" {
                return try await each(expression, call) { ["mappings": $0.mapping.definition] }
            }
            try allow("GET", "PUT", "POST", for: call)
            let change = Self.untyped(try call.json())
            return try await file.write { database, _ in
                let table = IndexTable(database: database)
                for var index in try table.matching(expression) {
                    try table.set(try index.mapping.adding(change), of: &index)
                }
                return .acknowledged
            }
        case "_settings":
            if call.method == "GET" {
                return try await each(expression, call) { ["settings": ["index": Self.settings(of: $0)]] }
            }
            try allow("GET", "PUT", for: call)
            let body = try call.json()
            let change = try Self.normalized(body["settings"] ?? body)
            return try await file.write { database, _ in
                let table = IndexTable(database: database)
                for index in try table.matching(expression) {
                    try table.set(index.settings.merged(with: change), of: index)
                }
                return .acknowledged
            }
        case "_refresh", "_flush", "_forcemerge", "_cache":
            // What is written is found at once.
            let count = try await file.read { database, _ in
                try IndexTable(database: database).matching(
                    expression, ignoresMissing: call.isSet("ignore_unavailable")
                ).count
            }
            return .json(["_shards": SearchAnswer.shards(count)])
        case "_alias", "_aliases":
            guard call.method == "GET" else { throw SearchError.unsupported("an alias") }
            return try await each(expression, call) { _ in ["aliases": [:]] }
        case "_stats": return try await stats(expression)
        case "_analyze": return try await analyze(expression, call)
        default: throw unknown(call)
        }
    }

    private func stats(_ expression: String) async throws -> Reply {
        try await file.read { database, _ in
            var indexes: JSON = [:]
            var total = 0
            for index in try IndexTable(database: database).matching(expression) {
                let count = try DocumentTable(database: database).count(in: index)
                total += count
                let docs: JSON = ["docs": ["count": .int(count), "deleted": 0]]
                indexes.set(index.name, ["uuid": .text(index.uuid), "primaries": docs, "total": docs])
            }
            let docs: JSON = ["docs": ["count": .int(total), "deleted": 0]]
            return .json([
                "_shards": SearchAnswer.shards(indexes.members?.count ?? 0),
                "_all": ["primaries": docs, "total": docs], "indices": indexes,
            ])
        }
    }

    private func analyze(_ expression: String, _ call: Call) async throws -> Reply {
        try allow("GET", "POST", for: call)
        let body = try call.json()
        for member in body.members ?? [] where !["analyzer", "text", "field"].contains(member.name) {
            throw SearchError.unsupported("[\(member.name)] in an analysis")
        }
        let texts = (body["text"]?.elements ?? []).compactMap(\.scalarText)
        guard !texts.isEmpty else {
            throw SearchError(400, "action_request_validation_exception", "Validation Failed: 1: text is missing;")
        }
        var analyzer = Analyzer.standard
        if let name = body["analyzer"]?.text {
            analyzer = try Analyzer(named: name)
        } else if let path = body["field"]?.text {
            let field = try await file.read { database, _ in
                try IndexTable(database: database).require(expression).mapping.fields[path]
            }
            if case .text(let own, _) = field?.kind { analyzer = own } else if field != nil { analyzer = .keyword }
        }
        var tokens: [JSON] = []
        for text in texts {
            for token in analyzer.tokens(of: text) {
                // Offsets count UTF-16, as Java does.
                let units = Array(text.utf8.prefix(token.bytes.lowerBound))
                let start = String(decoding: units, as: UTF8.self).utf16.count
                let end = start + String(decoding: Array(text.utf8)[token.bytes], as: UTF8.self).utf16.count
                let isNumber = token.term.allSatisfy { $0.isNumber || ".,".contains($0) }
                tokens.append([
                    "token": .text(token.term), "start_offset": .int(start), "end_offset": .int(end),
                    "type": isNumber ? "<NUM>" : "<ALPHANUM>", "position": .int(tokens.count),
                ])
            }
        }
        return .json(["tokens": .list(tokens)])
    }
}
