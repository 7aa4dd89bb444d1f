/// Dates as documents and queries write them; milliseconds since 1970, in UTC.
enum DateText {
    /// The year 287,000, before and after: what a `Double` holds to the millisecond.
    private static let limit: Int64 = 9_000_000_000_000_000

    /// A year, a month, a day or a full time, with `-` or `/`; or milliseconds since 1970.
    ///
    /// - Parameter roundsUp: what is not said is taken to be the last that it can be: for the upper end of a range.
    static func milliseconds(_ text: String, roundsUp: Bool = false) -> Int64? {
        if let number = Int64(text), text.count != 4 { return (-limit...limit).contains(number) ? number : nil }
        let pattern =
            /(\d{4})(?:[-\/](\d{1,2})(?:[-\/](\d{1,2})(?:[T ](\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?/
        guard let parts = text.wholeMatch(of: pattern) else { return nil }
        func number(_ part: Substring?) -> Int? { part.flatMap { Int($0) } }
        guard let year = Int(parts.1) else { return nil }
        let month = number(parts.2) ?? (roundsUp ? 12 : 1)
        let day = number(parts.3) ?? (roundsUp ? daysIn(month, of: year) : 1)
        let hour = number(parts.4) ?? (roundsUp ? 23 : 0)
        let minute = number(parts.5) ?? (roundsUp ? 59 : 0)
        let second = number(parts.6) ?? (roundsUp ? 59 : 0)
        guard (1...12).contains(month), (1...daysIn(month, of: year)).contains(day), hour < 25, minute < 60,
            second < 61
        else { return nil }
        let fraction = parts.7.map { $0.prefix(3) + String(repeating: "0", count: max(0, 3 - $0.count)) }
        let milliseconds = number(fraction.map { Substring($0) }) ?? (roundsUp ? 999 : 0)
        let time = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
        return Int64((time - offset(parts.8)) * 1000 + milliseconds)
    }

    /// What ranges may say, too: `now-1d/d`, `2026-01-01||+1M`.
    static func expression(_ text: String, roundsUp: Bool, now: Int64) -> Int64? {
        var rest: Substring
        var time: Int64
        if text.hasPrefix("now") {
            (time, rest) = (now, text.dropFirst(3))
        } else if let bars = text.firstRange(of: "||") {
            guard let anchor = milliseconds(String(text[..<bars.lowerBound])) else { return nil }
            (time, rest) = (anchor, text[bars.upperBound...])
        } else {
            return milliseconds(text, roundsUp: roundsUp)
        }
        while !rest.isEmpty {
            guard let step = rest.prefixMatch(of: /([+-])(\d{1,9})?([yMwdhHms])|\/([yMwdhHms])/) else { return nil }
            if let unit = step.4?.first {
                let start = floor(time, to: unit)
                time = roundsUp ? add(1, unit, to: start) - 1 : start
            } else if let unit = step.3?.first, let count = step.2.map({ Int($0) }) ?? 1 {
                time = add(step.1 == "-" ? -count : count, unit, to: time)
            }
            guard (-limit...limit).contains(time) else { return nil }
            rest = rest[step.range.upperBound...]
        }
        return time
    }

    /// `2026-03-01T12:00:00.000Z`
    static func iso(_ milliseconds: Int64) -> String {
        let (second, fraction) = floorDivide(Int(milliseconds), 1000)
        let (day, time) = floorDivide(second, 86_400)
        let (year, month, date) = calendar(day)
        func two(_ number: Int, _ width: Int = 2) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return
            "\(two(year, 4))-\(two(month))-\(two(date))T\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60)).\(two(fraction, 3))Z"
    }

    // MARK: The calendar

    private static func add(_ count: Int, _ unit: Character, to time: Int64) -> Int64 {
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "H": 3600, "d": 86_400, "w": 604_800]
        if let length = seconds[unit] { return time &+ Int64(count) &* length &* 1000 }
        let (day, rest) = floorDivide(Int(time), 86_400_000)
        var (year, month, date) = calendar(day)
        let months = min(max(count, -100_000), 100_000) * (unit == "y" ? 12 : 1) + month - 1
        year += floorDivide(months, 12).0
        month = floorDivide(months, 12).1 + 1
        date = min(date, daysIn(month, of: year))
        return Int64(days(year, month, date) * 86_400_000 + rest)
    }

    private static func floor(_ time: Int64, to unit: Character) -> Int64 {
        let (day, rest) = floorDivide(Int(time), 86_400_000)
        let (year, month, _) = calendar(day)
        let start: Int
        switch unit {
        case "y": start = days(year, 1, 1) * 86_400_000
        case "M": start = days(year, month, 1) * 86_400_000
        // 1970 began on a Thursday.
        case "w": start = (day - floorDivide(day + 3, 7).1) * 86_400_000
        case "d": start = day * 86_400_000
        case "m": start = day * 86_400_000 + rest / 60_000 * 60_000
        case "s": start = day * 86_400_000 + rest / 1000 * 1000
        default: start = day * 86_400_000 + rest / 3_600_000 * 3_600_000
        }
        return Int64(start)
    }

    private static func offset(_ zone: Substring?) -> Int {
        guard let zone, let sign = zone.first, "+-".contains(sign) else { return 0 }
        let digits = zone.filter(\.isNumber)
        let (hours, minutes) = (Int(digits.prefix(2)) ?? 0, Int(digits.dropFirst(2)) ?? 0)
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date of the Gregorian calendar; years begin in March, so that the leap day comes last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let from = month > 2 ? year : year - 1
        let (era, ofEra) = floorDivide(from, 400)
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private static func calendar(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let (era, ofEra) = floorDivide(day + 719_468, 146_097)
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * ofYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func floorDivide(_ number: Int, _ divisor: Int) -> (Int, Int) {
        let rest = ((number % divisor) + divisor) % divisor
        return ((number - rest) / divisor, rest)
    }
}
