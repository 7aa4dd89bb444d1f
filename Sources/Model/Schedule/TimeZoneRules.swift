/// What the clocks of a place show: a file of the time zone database. Source: RFC 9636 (TZif).
package struct TimeZoneRules: Sendable, Equatable {
    /// Seconds since 1970 at which the next offset begins, ascending, and the offset east of UTC.
    private let changes: [(time: Int64, offset: Int64)]
    private let first: Int64
    /// What comes after the last change.
    private let rule: YearlyRule?

    package static let utc = TimeZoneRules(changes: [], first: 0, rule: nil)

    private init(changes: [(time: Int64, offset: Int64)], first: Int64, rule: YearlyRule?) {
        self.changes = changes
        self.first = first
        self.rule = rule
    }

    /// - Returns: `nil` for what is no such file of version 2 or later.
    package init?(_ bytes: [UInt8]) {
        guard let old = Header(bytes, at: 0), old.version >= 0x32,
            let header = Header(bytes, at: old.end(ofTimesOf: 4)), header.end(ofTimesOf: 8) <= bytes.count
        else { return nil }
        func number(_ start: Int, _ count: Int) -> Int64 {
            var value: Int64 = bytes[start] >= 0x80 ? -1 : 0
            for byte in bytes[start..<(start + count)] { value = value << 8 | Int64(byte) }
            return value
        }
        let indices = header.start + header.times * 8
        let types = indices + header.times
        func offset(_ type: Int) -> Int64? { type < header.types ? number(types + type * 6, 4) : nil }
        var changes: [(time: Int64, offset: Int64)] = []
        for index in 0..<header.times {
            guard let offset = offset(Int(bytes[indices + index])) else { return nil }
            changes.append((number(header.start + index * 8, 8), offset))
        }
        guard let first = offset(0) else { return nil }
        let footer = bytes[header.end(ofTimesOf: 8)...].split(separator: 0x0A).first.map { Array($0) } ?? []
        self.init(changes: changes, first: first, rule: YearlyRule(String(decoding: footer, as: UTF8.self)))
    }

    /// The counts at the head of a block, and where its data begins.
    private struct Header {
        let version: UInt8
        let start: Int
        let times: Int
        let types: Int
        private let rest: (indicators: Int, standards: Int, leaps: Int, letters: Int)

        init?(_ bytes: [UInt8], at place: Int) {
            guard place >= 0, bytes.count >= place + 44, bytes[place...].starts(with: "TZif".utf8) else { return nil }
            func count(_ index: Int) -> Int {
                let start = place + 20 + index * 4
                return bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
            }
            version = bytes[place + 4]
            start = place + 44
            rest = (count(0), count(1), count(2), count(5))
            times = count(3)
            types = count(4)
        }

        /// - Parameter width: of a time, in bytes.
        func end(ofTimesOf width: Int) -> Int {
            start + times * (width + 1) + types * 6 + rest.letters + rest.leaps * (width + 4) + rest.standards
                + rest.indicators
        }
    }

    /// Seconds east of UTC.
    func offset(at time: Int64) -> Int64 {
        guard let last = changes.last else { return rule?.offset(at: time) ?? first }
        if time >= last.time { return rule?.offset(at: time) ?? last.offset }
        return changes.last { $0.time <= time }?.offset ?? first
    }

    /// The first moment after `moment` at which the clocks there show that hour, to the minute; where they jump over it,
    /// the moment at which they would have.
    package func next(hour: Int, after moment: Timestamp) -> Timestamp {
        let now = moment.microseconds / 1_000_000
        let today = Self.quotient(now + offset(at: now), 86_400)
        var day = today
        while true {
            let time = time(ofLocal: day * 86_400 + Int64(hour) * 3600)
            if time * 1_000_000 > moment.microseconds { return Timestamp(microseconds: time * 1_000_000) }
            day += 1
        }
    }

    /// Where the clocks show it twice, the first time.
    private func time(ofLocal local: Int64) -> Int64 {
        let (before, after) = (offset(at: local - 86_400), offset(at: local + 86_400))
        for offset in [before, after] where self.offset(at: local - offset) == offset { return local - offset }
        return local - before
    }

    fileprivate static func quotient(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.first == right.first && left.rule == right.rule && left.changes.elementsEqual(right.changes, by: ==)
    }
}

/// `PST8PDT,M3.2.0,M11.1.0`: what holds year after year. Source: RFC 9636 §3.3.
private struct YearlyRule: Sendable, Equatable {
    /// The week'th weekday of a month, at that second of it by the clocks of before.
    private struct Day: Sendable, Equatable {
        let month: Int64
        let week: Int64
        let weekday: Int64
        let second: Int64

        /// The last one is the fifth.
        func time(in year: Int64) -> Int64 {
            let first = Timestamp.days(year: year, month: month, day: 1)
            let next = Timestamp.days(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
            // The first day of 1970 was a Thursday.
            let weekdayOfFirst = ((first + 4) % 7 + 7) % 7
            var day = first + (weekday - weekdayOfFirst + 7) % 7 + (week - 1) * 7
            while day >= next { day -= 7 }
            return day * 86_400 + second
        }
    }

    private let standard: Int64
    private let summer: Int64
    private let begin: Day?
    private let end: Day?

    init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard var names = parts.first, Self.skipName(&names), let standard = Self.offset(&names) else { return nil }
        self.standard = -standard
        guard Self.skipName(&names) else {
            guard names.isEmpty, parts.count == 1 else { return nil }
            (summer, begin, end) = (-standard, nil, nil)
            return
        }
        summer = names.isEmpty ? 3600 - standard : -(Self.offset(&names) ?? 0)
        guard parts.count == 3, let begin = Self.day(parts[1]), let end = Self.day(parts[2]) else { return nil }
        (self.begin, self.end) = (begin, end)
    }

    func offset(at time: Int64) -> Int64 {
        guard let begin, let end else { return standard }
        let year = Timestamp.civil(days: TimeZoneRules.quotient(time + standard, 86_400)).year
        let (from, to) = (begin.time(in: year) - standard, end.time(in: year) - summer)
        // South of the equator summer goes over the year's end.
        let isSummer = from < to ? time >= from && time < to : time >= from || time < to
        return isSummer ? summer : standard
    }

    private static func skipName(_ text: inout Substring) -> Bool {
        let before = text.count
        if text.first == "<" {
            text = text.drop { $0 != ">" }.dropFirst()
        } else {
            text = text.drop { $0.isLetter }
        }
        return text.count < before
    }

    /// `8`, `-3:30`, in seconds west.
    private static func offset(_ text: inout Substring) -> Int64? {
        let digits = text.prefix { "+-:0123456789".contains($0) }
        text = text.dropFirst(digits.count)
        return seconds(digits)
    }

    private static func seconds(_ text: Substring) -> Int64? {
        let isNegative = text.first == "-"
        let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":").map { Int64($0) }
        guard (1...3).contains(parts.count), !parts.contains(nil) else { return nil }
        let value = zip(parts, [3600, 60, 1]).reduce(Int64(0)) { $0 + ($1.0 ?? 0) * $1.1 }
        return isNegative ? -value : value
    }

    /// `M3.2.0/2`
    private static func day(_ text: Substring) -> Day? {
        let halves = text.split(separator: "/")
        guard let date = halves.first, date.first == "M" else { return nil }
        let numbers = date.dropFirst().split(separator: ".").compactMap { Int64($0) }
        guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]),
            (0...6).contains(numbers[2])
        else { return nil }
        guard let second = halves.count == 2 ? seconds(halves[1]) : 7200 else { return nil }
        return Day(month: numbers[0], week: numbers[1], weekday: numbers[2], second: second)
    }
}
