internal import APISchema
internal import HTTP

/// A part of a list, and the headers that say which one.
struct ListPart<Element: Listed> {
    let elements: [Element]
    /// There is more behind it.
    let isTruncated: Bool
    let headers: HTTPHeaders

    /// - Parameter all: in the order that the list has when no other is asked for.
    /// - Throws: ``BadRequest/range(_:)`` when the range begins or ends at what cannot be found in the list.
    init(_ range: ListRange, of all: [Element]) throws(BadRequest) {
        let fields = Element.rangeFields
        let known = fields.firstIndex { $0.name == range.field }
        let field = fields[known ?? 0]
        var ordered = known ?? 0 > 0 ? all.sorted { field.value($0) < field.value($1) } : all
        if range.isDescending { ordered.reverse() }
        if known != nil {
            let limits = Limits(field: field, isPosition: known == 0, isDescending: range.isDescending)
            if let start = range.start { ordered = try limits.part(of: ordered, from: start) }
            if let end = range.end { ordered = try limits.part(of: ordered, upTo: end) }
        }
        elements = Array(ordered.prefix(range.max))
        isTruncated = ordered.count > elements.count

        let first = elements.first.map { "\(field.value($0))" } ?? ""
        let last = elements.last.map { "\(field.value($0))" } ?? ""
        var headers: HTTPHeaders = [
            "Accept-Ranges": fields.map(\.name).joined(separator: ", "),
            "Content-Range": "\(field.name) \(first)..\(last); \(range.options)",
        ]
        if isTruncated { headers.set("Next-Range", to: "\(field.name) ]\(last)..; \(range.options)") }
        self.headers = headers
    }

    /// Cuts an ordered list at a value of the field it is ordered by.
    private struct Limits {
        let field: RangeField<Element>
        /// The list has an order of its own: a value says where in it, and is not to be compared.
        let isPosition: Bool
        let isDescending: Bool

        func part(of all: [Element], from bound: ListRange.Bound) throws(BadRequest) -> [Element] {
            if isPosition { return Array(all[(try position(of: bound, in: all) + (bound.isExclusive ? 1 : 0))...]) }
            let limit = try value(bound)
            return all.filter { element in
                let value = field.value(element)
                return value == limit ? !bound.isExclusive : (limit < value) != isDescending
            }
        }

        func part(of all: [Element], upTo bound: ListRange.Bound) throws(BadRequest) -> [Element] {
            if isPosition { return Array(all[..<(try position(of: bound, in: all) + (bound.isExclusive ? 0 : 1))]) }
            let limit = try value(bound)
            return all.filter { element in
                let value = field.value(element)
                return value == limit ? !bound.isExclusive : (value < limit) != isDescending
            }
        }

        private func position(of bound: ListRange.Bound, in all: [Element]) throws(BadRequest) -> Int {
            guard let index = all.firstIndex(where: { "\(field.value($0))" == bound.text }) else {
                throw .range("\(field.name) \(bound.text)")
            }
            return index
        }

        private func value(_ bound: ListRange.Bound) throws(BadRequest) -> RangeValue {
            guard let value = field.parse(bound.text) else { throw .range("\(field.name) \(bound.text)") }
            return value
        }
    }
}

extension Call {
    /// Answers with the part of a list that was asked for: 206 when there is more behind it.
    func list<Element: Listed>(_ all: [Element]) throws -> Answer {
        let part = try ListPart(try ListRange(request.headers["Range"]), of: all)
        return .json(status: part.isTruncated ? 206 : 200, try WireJSON.encode(part.elements), part.headers)
    }
}
