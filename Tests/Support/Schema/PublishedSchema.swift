import FoundationEssentials
import Posix

/// Heroku's published schema of the Platform API v3, and what of it a document breaks.
package struct PublishedSchema: Sendable {
    private let root: JSONValue

    /// Reads Tests/Fixtures/PlatformAPI/schema.json.
    private init() throws {
        let here = "\(#filePath)"
        let tests = here.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try FileTree.read("/\(tests)/Fixtures/PlatformAPI/schema.json")
        root = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    /// The schema, read once: it is large.
    package static func shared() throws -> PublishedSchema { try read.get() }
    private static let read = Result { try PublishedSchema() }

    /// - Parameters:
    ///   - document: the JSON of one resource, or of a list of them.
    ///   - resource: as the schema names it: `app`, `build`, `buildpack-installation`.
    /// - Returns: a line for each property that is missing or of another kind; empty when all is well.
    package func problems(in document: [UInt8], as resource: String) throws -> [String] {
        guard let schema = root["definitions"]?[resource] else { return ["the schema has no \(resource)"] }
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(document))
        guard let list = value.list else { return problems(in: value, schema, at: resource) }
        return list.enumerated().flatMap { problems(in: $0.element, schema, at: "\(resource)[\($0.offset)]") }
    }

    /// As ``problems(in:as:)``, for what the schema says an endpoint answers.
    ///
    /// - Parameter path: with a colon before its variable parts: `/apps/:app`.
    /// - Returns: `nil` when the schema has no such endpoint.
    package func problems(in document: [UInt8], answering method: String, _ path: String) throws -> [String]? {
        let parts = path.split(separator: "/").map { $0.hasPrefix(":") ? "{}" : String($0) }
        let links = (root["definitions"]?.members ?? [:]).values.flatMap { $0["links"]?.list ?? [] }
        let link = links.first { link in
            let href = (link["href"]?.text ?? "").split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }
            return link["method"]?.text == method && href == parts
        }
        guard let link else { return nil }
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(document))
        // Where the schema says nothing of an answer, Heroku sends an empty object.
        let schema = link["targetSchema"] ?? .object(["type": .string("object"), "additionalProperties": .bool(false)])
        return problems(in: value, schema, at: "\(method) \(path)")
    }

    /// Properties whose pattern names Heroku's own hosts.
    private static let placesOfHeroku: Set<String> = ["git_url", "web_url"]

    /// Properties that the schema calls addresses, and in which Heroku sends bare host names.
    private static let bareHosts: Set<String> = ["hostname"]

    private func problems(in value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
        let schema = resolved(schema)
        if let choices = (schema["anyOf"] ?? schema["oneOf"])?.list {
            let results = choices.map { problems(in: value, $0, at: path) }
            return results.contains(where: \.isEmpty) ? [] : results.first ?? []
        }
        if let kinds = schema["type"].map({ $0.list?.compactMap(\.text) ?? [$0.text].compactMap(\.self) }) {
            guard kinds.contains(where: { Self.fits(value, $0) }) else {
                return ["\(path) is \(value), not \(kinds.joined(separator: " or "))"]
            }
        }
        if let allowed = schema["enum"]?.list, value != .null, !allowed.contains(value) {
            return ["\(path) is \(value), which is none of \(allowed)"]
        }
        if let format = schema["format"]?.text, let text = value.text, !Self.fits(text, format: format),
            !Self.bareHosts.contains(where: { path.hasSuffix(".\($0)") })
        {
            return ["\(path) is \(text), which is no \(format)"]
        }
        if let pattern = schema["pattern"]?.text, let text = value.text,
            !Self.placesOfHeroku.contains(where: { path.hasSuffix(".\($0)") }),
            // A pattern of another dialect says nothing here.
            let expression = try? Regex(pattern), text.firstMatch(of: expression) == nil
        {
            return ["\(path) is \(text), which does not match \(pattern)"]
        }
        switch value {
        case .array(let elements):
            guard let items = schema["items"] else { return [] }
            return elements.enumerated().flatMap { problems(in: $0.element, items, at: "\(path)[\($0.offset)]") }
        case .object(let members):
            if schema["additionalProperties"] == .bool(false), schema["properties"] == nil,
                schema["patternProperties"] == nil, !members.isEmpty
            {
                return ["\(path) is \(value), not {}"]
            }
            return (schema["properties"]?.members ?? [:]).sorted { $0.key < $1.key }.flatMap { name, property in
                guard let member = members[name] else { return ["\(path).\(name) is missing"] }
                return problems(in: member, property, at: "\(path).\(name)")
            }
        case .null, .bool, .integer, .number, .string:
            return []
        }
    }

    /// Follows `{"$ref": "#/definitions/app/definitions/name"}`.
    private func resolved(_ schema: JSONValue) -> JSONValue {
        var schema = schema
        while let reference = schema["$ref"]?.text {
            var target = root
            for part in reference.drop(while: { $0 == "#" || $0 == "/" }).split(separator: "/") {
                target = target[String(part)] ?? .null
            }
            schema = target
        }
        return schema
    }

    private static func fits(_ value: JSONValue, _ kind: String) -> Bool {
        switch (value, kind) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"), (.number, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }

    private static func fits(_ text: String, format: String) -> Bool {
        switch format {
        case "uuid": text.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/) != nil
        case "date-time": text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/) != nil
        case "uri": text.contains("://") || text.hasPrefix("urn:")
        case "email": text.contains("@")
        default: true
        }
    }
}
