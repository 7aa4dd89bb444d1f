/// When a job runs, to the minute, in UTC.
///
/// It is what the scheduler's page on Heroku offers (`10m`, `hour:30`, `day@04:00`), or five fields of cron.
package struct Schedule: Sendable, Equatable {
    /// As it was typed, with single blanks.
    package let text: String
    private let minutes: CronField
    private let hours: CronField
    private let days: CronField
    private let months: CronField
    private let weekdays: CronField

    /// - Throws: ``InvalidSchedule``, also for one whose time never comes, such as the 30th of February.
    package init(_ text: String) throws(InvalidSchedule) {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        self.text = words.joined(separator: " ")
        let fields = words.count == 1 ? try Self.fields(of: words[0]) : words
        guard fields.count == 5 else { throw .notUnderstood(self.text) }
        minutes = try CronField(fields[0], .minute)
        hours = try CronField(fields[1], .hour)
        days = try CronField(fields[2], .day)
        months = try CronField(fields[3], .month)
        weekdays = try CronField(fields[4], .weekday)
        guard time(after: Timestamp(microseconds: 0)) != nil else { throw .never(self.text) }
    }

    /// `Every 10 minutes`, `Hourly at :30`, `Daily at 04:00 UTC`; an expression of cron's speaks for itself.
    package var words: String {
        guard let form = Form(text.lowercased()) else { return text }
        switch form {
        case .minutes(1): return "Every minute"
        case .minutes(let count): return "Every \(count) minutes"
        case .hours(let count): return "Every \(count) hours"
        case .hourly(let minute): return "Hourly at :\(Self.padded(minute))"
        case .daily(let hour, let minute): return "Daily at \(Self.padded(hour)):\(Self.padded(minute)) UTC"
        }
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    // MARK: Time

    /// The first moment after `moment` at which it is time.
    package func next(after moment: Timestamp) -> Timestamp {
        guard let next = time(after: moment) else { preconditionFailure("a schedule without a time: \(text)") }
        return next
    }

    /// So many moments after `moment`, each the first after the one before.
    package func next(_ count: Int, after moment: Timestamp) -> [Timestamp] {
        var times: [Timestamp] = []
        while times.count < count { times.append(next(after: times.last ?? moment)) }
        return times
    }

    /// How often it is time after `start` up to `end`, that moment included; never more than `limit`.
    package func count(after start: Timestamp, through end: Timestamp, limit: Int) -> Int {
        var count = 0
        var time = next(after: start)
        while time <= end, count < limit {
            count += 1
            time = next(after: time)
        }
        return count
    }

    /// - Returns: `nil` when no day of the calendar fits.
    private func time(after moment: Timestamp) -> Timestamp? {
        let first = Self.quotient(moment.microseconds, 60_000_000) + 1
        let today = Self.quotient(first, 1440)
        var start = Int(first - today * 1440)
        // The calendar repeats itself, weekdays included, after 400 years.
        for day in today...(today + 146_097) {
            if isOn(day), let minute = minute(from: start) {
                return Timestamp(microseconds: (day * 1440 + Int64(minute)) * 60_000_000)
            }
            start = 0
        }
        return nil
    }

    /// The first minute of a day, from that one on.
    private func minute(from start: Int) -> Int? {
        for hour in start / 60..<24 where hours.contains(hour) {
            let from = hour == start / 60 ? start % 60 : 0
            if let minute = (from..<60).first(where: { minutes.contains($0) }) { return hour * 60 + minute }
        }
        return nil
    }

    /// Where both the day of the month and the day of the week are limited, either will do. Source: crontab(5).
    private func isOn(_ day: Int64) -> Bool {
        let (_, month, dayOfMonth) = Timestamp.civil(days: day)
        guard months.contains(Int(month)) else { return false }
        // The first day of 1970 was a Thursday.
        let weekday = Int(day + 4 - Self.quotient(day + 4, 7) * 7)
        let (isDay, isWeekday) = (days.contains(Int(dayOfMonth)), weekdays.contains(weekday))
        return days.isLimited && weekdays.isLimited ? isDay || isWeekday : isDay && isWeekday
    }

    private static func quotient(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }

    // MARK: Words

    /// What a single word stands for.
    private static func fields(of word: String) throws(InvalidSchedule) -> [String] {
        let word = word.lowercased()
        if word.hasPrefix("@") {
            guard let fields = nicknames[word] else { throw .notUnderstood(word) }
            return fields.split(separator: " ").map(String.init)
        }
        guard let form = Form(word) else { throw .notUnderstood(word) }
        switch form {
        case .minutes(let count):
            guard count > 0, 60 % count == 0 else { throw .unevenMinutes(count) }
            return ["*/\(count)", "*", "*", "*", "*"]
        case .hours(let count):
            guard count > 0, 24 % count == 0 else { throw .unevenHours(count) }
            return ["0", "*/\(count)", "*", "*", "*"]
        case .hourly(let minute): return ["\(minute)", "*", "*", "*", "*"]
        case .daily(let hour, let minute): return ["\(minute)", "\(hour)", "*", "*", "*"]
        }
    }

    /// Source: crontab(5), without `@reboot`, which is no time.
    private static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    private enum Form {
        case minutes(Int)
        case hours(Int)
        case hourly(minute: Int)
        case daily(hour: Int, minute: Int)

        /// `10m`, `2h`, `hour`, `hour:30`, `day`, `day@04:00`.
        init?(_ word: String) {
            if word == "hour" {
                self = .hourly(minute: 0)
            } else if word == "day" {
                self = .daily(hour: 0, minute: 0)
            } else if word.hasPrefix("hour:") {
                guard let minute = Number.of(word.dropFirst(5)) else { return nil }
                self = .hourly(minute: minute)
            } else if word.hasPrefix("day@") {
                let parts = word.dropFirst(4).split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, let hour = Number.of(parts[0]), let minute = Number.of(parts[1]) else {
                    return nil
                }
                self = .daily(hour: hour, minute: minute)
            } else if let count = Number.of(word.dropLast()) {
                switch (count, word.last) {
                case (60, "m"), (1, "h"): self = .hourly(minute: 0)
                case (24, "h"): self = .daily(hour: 0, minute: 0)
                case (_, "m"): self = .minutes(count)
                case (_, "h"): self = .hours(count)
                default: return nil
                }
            } else {
                return nil
            }
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
}

/// Why a text is no schedule.
package enum InvalidSchedule: Explained, Equatable {
    case notUnderstood(String)
    /// Minutes that do not fill an hour evenly.
    case unevenMinutes(Int)
    case unevenHours(Int)
    /// A field of cron's with something in it that cannot be there.
    case badField(String, name: String, range: ClosedRange<Int>)
    case never(String)

    package var explanation: Explanation {
        Explanation(
            "Couldn't schedule the job", because: reason,
            mend: ["--every 10m", "--every hour:30", "--every day@04:00", "--every \"*/5 9-17 * * MON-FRI\""])
    }

    private var reason: String {
        switch self {
        case .notUnderstood(let text):
            "\(text.isEmpty ? "Nothing" : text) is no time: minutes (10m), hour:MM, day@HH:MM or five fields of cron are."
        case .unevenMinutes(let count):
            "An hour does not divide into parts of \(count) minutes; 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 and 30 do."
        case .unevenHours(let count):
            "A day does not divide into parts of \(count) hours; 1, 2, 3, 4, 6, 8 and 12 do."
        case .badField(let text, let name, let range):
            "\(text) is no \(name): those are \(range.lowerBound) to \(range.upperBound), as in 1,5 or 2-8 or */3."
        case .never(let text): "The time of \(text) never comes."
        }
    }
}
