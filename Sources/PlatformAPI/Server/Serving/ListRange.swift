internal import APISchema
internal import HTTP

/// The part of a list that a client asked for: `Range: version ..; max=15, order=desc`. Source: platform-api.md, Ranges.
struct ListRange: Equatable {
    var field = "id"
    var max = 200
    var isDescending = false

    /// What is absent, or not understood, has its default.
    init(_ header: String?) {
        guard let header else { return }
        let halves = header.split(separator: ";", maxSplits: 1)
        if let name = halves.first?.split(separator: " ").first { field = String(name) }
        for option in halves.dropFirst().joined().split(whereSeparator: { $0 == "," || $0 == " " || $0 == ";" }) {
            let pair = option.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            if pair[0] == "max", let number = Int(pair[1]), number > 0 { max = min(number, 1000) }
            if pair[0] == "order" { isDescending = pair[1] == "desc" }
        }
    }

    /// The asked-for part of `all`, which is in ascending order.
    func part<Element>(of all: [Element]) -> (part: [Element], isWhole: Bool) {
        let ordered = isDescending ? all.reversed() : all
        return (Array(ordered.prefix(max)), ordered.count <= max)
    }
}

extension Call {
    /// Answers a list, in ascending order, with the part that was asked for: 206 when there is more.
    func list(_ all: [some Encodable & Sendable]) throws -> Answer {
        let (part, isWhole) = ListRange(request.headers["Range"]).part(of: all)
        return .json(status: isWhole ? 200 : 206, try WireJSON.encode(part))
    }
}
