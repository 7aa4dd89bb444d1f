/// The lines of a `_bulk`: what to do, and for all but deletions the document in the next line.
struct Bulk: Sendable {
    struct Action: Sendable {
        /// `index`, `create`, `update` or `delete`.
        var name: String
        var index: String?
        var id: String?
        var parameters: [String: String]
        var source: Range<Int>
    }

    let body: [UInt8]
    private(set) var actions: [Action] = []

    /// - Parameter index: the one of the path, for actions that name none.
    /// - Throws: an `illegal_argument_exception`: nothing of it is done then.
    init(_ body: [UInt8], index: String?) throws(SearchError) {
        self.body = body
        guard body.last == 0x0A else {
            throw .illegal("The bulk request must be terminated by a newline [\\n]")
        }
        var lines = Self.lines(of: body).makeIterator()
        var number = 0
        while let line = lines.next() {
            number += 1
            if body[line].allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            var action = try Self.action(body[line], number)
            action.index = action.index ?? index
            guard let name = action.index, !name.isEmpty else {
                throw SearchError(
                    400, "action_request_validation_exception", "Validation Failed: \(number): index is missing;")
            }
            if action.name != "delete" {
                guard let source = lines.next() else {
                    throw .illegal("Malformed bulk: the document of the action in line \(number) is missing")
                }
                number += 1
                action.source = source
            } else if action.id == nil {
                throw SearchError(
                    400, "action_request_validation_exception", "Validation Failed: \(number): id is missing;")
            }
            actions.append(action)
        }
        guard !actions.isEmpty else {
            throw SearchError(400, "action_request_validation_exception", "Validation Failed: 1: no requests added;")
        }
    }

    private static func lines(of body: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        body.withUnsafeBufferPointer { bytes in
            for index in 0..<bytes.count where bytes[index] == 0x0A {
                lines.append(start..<index)
                start = index + 1
            }
        }
        return lines
    }

    private static func action(_ line: ArraySlice<UInt8>, _ number: Int) throws(SearchError) -> Action {
        let json: JSON
        do { json = try JSON(parsing: line) } catch {
            throw .illegal("Malformed action/metadata line [\(number)]: \(error.reason)")
        }
        guard let member = json.members?.first, json.members?.count == 1,
            ["index", "create", "update", "delete"].contains(member.name)
        else {
            let found = json.members?.first?.name ?? json.kind
            throw .illegal(
                "Malformed action/metadata line [\(number)], expected field [create], [delete], [index] or [update] but found [\(found.prefix(100))]"
            )
        }
        var parameters: [String: String] = [:]
        for setting in member.value.members ?? [] { parameters[setting.name] = setting.value.scalarText }
        return Action(
            name: member.name, index: parameters["_index"], id: parameters["_id"], parameters: parameters, source: 0..<0
        )
    }

    /// Does all that can be done.
    func run(_ changes: DocumentChanges, _ deadline: Deadline) throws -> JSON {
        let start = Identifiers.now()
        var items: [JSON] = []
        var hasErrors = false
        for action in actions {
            try deadline.check()
            var item: JSON
            do {
                let outcome = try run(action, changes)
                item = outcome.json
                item.set("status", .int(outcome.status))
            } catch let error as SearchError {
                hasErrors = true
                item = [
                    "_index": action.index.map(JSON.text) ?? .null, "_id": action.id.map(JSON.text) ?? .null,
                    "status": .int(error.status), "error": error.cause,
                ]
            }
            items.append(.object([.init(action.name, item)]))
        }
        return ["took": .int(Identifiers.now() - start), "errors": .bool(hasErrors), "items": .list(items)]
    }

    private func run(_ action: Action, _ changes: DocumentChanges) throws -> DocumentOutcome {
        var condition = try DocumentCondition(action.parameters)
        condition.isNew = condition.isNew || action.name == "create"
        let index = action.index ?? ""
        switch action.name {
        case "delete": return try changes.remove(action.id ?? "", from: index, if: condition)
        case "update":
            guard let id = action.id else {
                throw SearchError(400, "action_request_validation_exception", "Validation Failed: 1: id is missing;")
            }
            let body: JSON
            do { body = try JSON(parsing: self.body[action.source]) } catch { throw SearchError.badJSON(error) }
            return try changes.update(id, in: index, with: body, if: condition)
        default: return try changes.put(Array(self.body[action.source]), id: action.id, in: index, if: condition)
        }
    }
}
