import Model
import Testing

@Suite("A schedule")
struct ScheduleTests {
    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    private func next(_ count: Int, of text: String, after start: String) throws -> [String] {
        try Schedule(text).next(count, after: moment(start)).map(\.iso8601)
    }

    @Test(
        "is what Heroku's page offers, in words that say so",
        arguments: [
            ("10m", "Every 10 minutes", "2026-03-10T12:10:00Z"), ("1m", "Every minute", "2026-03-10T12:01:00Z"),
            ("60m", "Hourly at :00", "2026-03-10T13:00:00Z"), ("hour", "Hourly at :00", "2026-03-10T13:00:00Z"),
            ("hour:05", "Hourly at :05", "2026-03-10T12:05:00Z"), ("6h", "Every 6 hours", "2026-03-10T18:00:00Z"),
            ("day", "Daily at 00:00 UTC", "2026-03-11T00:00:00Z"),
            ("day@04:30", "Daily at 04:30 UTC", "2026-03-11T04:30:00Z"),
            ("Day@23:59", "Daily at 23:59 UTC", "2026-03-10T23:59:00Z"),
        ])
    func presets(_ text: String, _ words: String, _ due: String) throws {
        #expect(try Schedule(text).words == words)
        #expect(try next(1, of: text, after: "2026-03-10T12:00:00Z") == [due])
    }

    @Test(
        "is an expression of cron, with lists, ranges, steps and names",
        arguments: [
            ("*/20 * * * *", ["12:20", "12:40", "13:00"]), ("5,50 12-13 * * *", ["12:05", "12:50", "13:05"]),
            ("10-30/10 * * * *", ["12:10", "12:20", "12:30"]), ("0 14/4 * * *", ["14:00", "18:00", "22:00"]),
            ("7 12-14 10 mar tue", ["12:07", "13:07", "14:07"]), ("  15   *  *  * * ", ["12:15", "13:15", "14:15"]),
            ("0,0,30 13 * MAR-DEC *", ["13:00", "13:30"]),
        ])
    func cron(_ text: String, _ times: [String]) throws {
        let due = try next(times.count, of: text, after: "2026-03-10T12:00:00Z")
        #expect(due == times.map { "2026-03-10T\($0):00Z" })
    }

    @Test(
        "knows weekdays: 2026-03-10 is a Tuesday",
        arguments: [
            ("0 9 * * MON-FRI", ["11", "12", "13", "16"]), ("0 9 * * 0", ["15", "22"]), ("0 9 * * 7", ["15", "22"]),
            ("0 9 * * fri-sun", ["13", "14", "15", "20"]), ("0 9 * * 5-7", ["13", "14", "15", "20"]),
            ("0 9 * * sun,wed", ["11", "15", "18"]), ("@weekly", ["15", "22"]),
        ])
    func weekdays(_ text: String, _ days: [String]) throws {
        let due = try next(days.count, of: text, after: "2026-03-10T12:00:00Z")
        #expect(due.map { String($0.dropFirst(8).prefix(2)) } == days)
    }

    @Test("where it limits both the day of the month and the weekday, takes either")
    func eitherDay() throws {
        #expect(
            try next(4, of: "0 0 13 * FRI", after: "2026-03-10T12:00:00Z") == [
                "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z", "2026-03-27T00:00:00Z", "2026-04-03T00:00:00Z",
            ])
        // A step over all is no limit.
        #expect(
            try next(2, of: "0 0 */2 * FRI", after: "2026-03-10T12:00:00Z") == [
                "2026-03-13T00:00:00Z", "2026-03-27T00:00:00Z",
            ])
    }

    @Test("knows the calendar: short months, leap years, and the century that has none")
    func calendar() throws {
        #expect(
            try next(3, of: "30 4 31 * *", after: "2026-03-31T04:30:00Z") == [
                "2026-05-31T04:30:00Z", "2026-07-31T04:30:00Z", "2026-08-31T04:30:00Z",
            ])
        #expect(
            try next(2, of: "0 0 29 feb *", after: "2024-02-29T00:00:00Z") == [
                "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z",
            ])
        #expect(try next(1, of: "0 0 29 2 *", after: "2096-02-29T00:00:00Z") == ["2104-02-29T00:00:00Z"])
        #expect(try next(1, of: "@yearly", after: "2026-01-01T00:00:00Z") == ["2027-01-01T00:00:00Z"])
        #expect(try next(2, of: "@monthly", after: "2026-11-30T10:00:00Z").last == "2027-01-01T00:00:00Z")
    }

    @Test("is due after a moment, never at it, and at the minute")
    func afterwards() throws {
        let schedule = try Schedule("hour:30")
        let half = try moment("2026-12-31T23:30:00Z")
        #expect(schedule.next(after: half).iso8601 == "2027-01-01T00:30:00Z")
        #expect(schedule.next(after: half.adding(.microseconds(-1))) == half)
        #expect(schedule.next(after: half.adding(.seconds(59))).iso8601 == "2027-01-01T00:30:00Z")
    }

    @Test("counts how often it was due, the last moment included, up to a limit")
    func counted() throws {
        let schedule = try Schedule("10m")
        let start = try moment("2026-03-10T12:00:00Z")
        #expect(schedule.count(after: start, through: start.adding(.seconds(599)), limit: 9) == 0)
        #expect(schedule.count(after: start, through: start.adding(.seconds(600)), limit: 9) == 1)
        #expect(schedule.count(after: start, through: start.adding(.seconds(86_400)), limit: 1000) == 144)
        #expect(schedule.count(after: start, through: start.adding(.seconds(86_400)), limit: 9) == 9)
    }

    @Test(
        "that is none is refused, with what was wrong in it",
        arguments: [
            ("", "Nothing is no time"), ("soon", "soon is no time"), ("10", "10 is no time"), ("m", "m is no time"),
            ("@reboot", "@reboot is no time"), ("* * * *", "* * * * is no time"), ("day@4", "day@4 is no time"),
            ("-5m", "-5m is no time"), ("99999m", "99999m is no time"),
            ("7m", "does not divide into parts of 7 minutes"), ("0m", "does not divide into parts of 0 minutes"),
            ("5h", "does not divide into parts of 5 hours"), ("hour:60", "60 is no minute: those are 0 to 59"),
            ("hour:x", "hour:x is no time"), ("day@24:00", "24 is no hour: those are 0 to 23"),
            ("60 * * * *", "60 is no minute"), ("* * 0 * *", "0 is no day of the month: those are 1 to 31"),
            ("* * * 13 *", "13 is no month"), ("* * * * 8", "8 is no day of the week"),
            ("5-1 * * * *", "5-1 is no minute"), ("*/0 * * * *", "*/0 is no minute"),
            ("*/61 * * * *", "*/61 is no minute"), ("1,,2 * * * *", "1,,2"),
            ("1/ * * * *", "1/ is no minute"), ("1-2-3 * * * *", "1-2-3"), ("mon * * * *", "mon is no minute"),
            ("0 0 30 2 *", "The time of 0 0 30 2 * never comes."), ("0 0 31 4,6,9,11 *", "never comes"),
        ])
    func refused(_ text: String, _ reason: String) throws {
        let error = #expect(throws: InvalidSchedule.self) { _ = try Schedule(text) }
        #expect(error?.explanation.why.contains(reason) == true, "\(String(describing: error))")
    }
}
