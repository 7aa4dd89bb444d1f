/// One of the five fields of a cron expression: the numbers that it allows. Source: crontab(5).
struct CronField: Sendable {
    /// What a field may hold.
    struct Kind: Sendable {
        let name: String
        let range: ClosedRange<Int>
        /// Names of the numbers, from the lower bound on.
        var names: [String] = []

        static let minute = Kind(name: "minute", range: 0...59)
        static let hour = Kind(name: "hour", range: 0...23)
        static let day = Kind(name: "day of the month", range: 1...31)
        static let month = Kind(
            name: "month", range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
        /// 0 and 7 are Sunday.
        static let weekday = Kind(
            name: "day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
    }

    private var bits: UInt64 = 0
    /// Whether it does not begin with `*`.
    let isLimited: Bool

    /// - Parameter text: numbers, names, `a-b`, `*` and any of these with `/step`, separated by commas.
    init(_ text: String, _ kind: Kind) throws(InvalidSchedule) {
        isLimited = text.first != "*"
        for item in text.lowercased().split(separator: ",", omittingEmptySubsequences: false) {
            guard let numbers = Self.numbers(item, kind) else {
                throw .badField(text, name: kind.name, range: kind.range)
            }
            for number in numbers { bits |= 1 << UInt64(number) }
        }
        if kind.range.upperBound == 7, bits & 0x80 != 0 { bits |= 1 }
    }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    private static func numbers(_ item: Substring, _ kind: Kind) -> StrideThrough<Int>? {
        let halves = item.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let range = range(halves[0], kind, isStepped: halves.count == 2) else { return nil }
        let step = halves.count == 2 ? Number.of(halves[1]) : 1
        guard let step, (1...kind.range.count).contains(step) else { return nil }
        return stride(from: range.lowerBound, through: range.upperBound, by: step)
    }

    /// - Parameter isStepped: a number alone begins a range then: `5/10` is `5-59/10`.
    private static func range(_ text: Substring, _ kind: Kind, isStepped: Bool) -> ClosedRange<Int>? {
        if text == "*" { return kind.range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let start = number(ends[0], kind) else { return nil }
        guard ends.count == 2 else { return start...(isStepped ? kind.range.upperBound : start) }
        guard var end = number(ends[1], kind) else { return nil }
        // `FRI-SUN`: the week may end with Sunday, too.
        if kind.range.upperBound == 7, end == 0, start > 0 { end = 7 }
        return start <= end ? start...end : nil
    }

    private static func number(_ text: Substring, _ kind: Kind) -> Int? {
        if let index = kind.names.firstIndex(of: String(text)) { return kind.range.lowerBound + index }
        return Number.of(text).flatMap { kind.range.contains($0) ? $0 : nil }
    }
}

/// Decimal digits, four at most.
enum Number {
    static func of(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
