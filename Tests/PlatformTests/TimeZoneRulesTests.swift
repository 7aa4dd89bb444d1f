import Model
import Testing

@Suite("The clocks of a place")
struct TimeZoneRulesTests {
    /// A file of the time zone database, version 2: offsets in hours, the moments at which they begin, and what holds
    /// after these.
    private func file(_ offsets: [Int], from moments: [String] = [], then rule: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: Int64, width: Int) {
            for place in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> Int64(8 * place))) }
        }
        func append(header times: Int, _ types: Int) {
            bytes += Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
            for count in [0, 0, 0, times, types, 4] { append(Int64(count), width: 4) }
        }
        func append(types offsets: [Int]) {
            for offset in offsets {
                append(Int64(offset * 3600), width: 4)
                bytes += [0, 0]
            }
            bytes += Array("XYZ\0".utf8)
        }
        append(header: 0, 1)
        append(types: [0])
        append(header: moments.count, offsets.count)
        for text in moments { append(try moment(text).microseconds / 1_000_000, width: 8) }
        for index in moments.indices { bytes.append(UInt8(index + 1)) }
        append(types: offsets)
        return bytes + Array("\n\(rule)\n".utf8)
    }

    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    private func next(_ rules: TimeZoneRules?, _ hour: Int, after text: String) throws -> String {
        try #require(rules).next(hour: hour, after: try moment(text)).iso8601
    }

    @Test(
        "show an hour once a day, over the changes of summer time too",
        arguments: [
            ("2026-01-10T09:00:00Z", "2026-01-10T10:00:00Z"), ("2026-01-10T10:00:00Z", "2026-01-11T10:00:00Z"),
            ("2026-07-10T10:00:00Z", "2026-07-11T09:00:00Z"),
            // Two o'clock is left out on the 8th of March: it is three then.
            ("2026-03-07T12:00:00Z", "2026-03-08T10:00:00Z"), ("2026-03-08T10:00:00Z", "2026-03-09T09:00:00Z"),
            // One o'clock comes twice on the 1st of November; two o'clock once.
            ("2026-10-31T12:00:00Z", "2026-11-01T10:00:00Z"), ("2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z"),
        ])
    func summer(_ now: String, _ expected: String) throws {
        let rules = TimeZoneRules(try file([-8], then: "PST8PDT,M3.2.0,M11.1.0"))
        #expect(try next(rules, 2, after: now) == expected)
    }

    @Test("show the hour that comes twice once")
    func twice() throws {
        let rules = TimeZoneRules(try file([-8], then: "PST8PDT,M3.2.0,M11.1.0"))
        #expect(try next(rules, 1, after: "2026-10-31T12:00:00Z") == "2026-11-01T08:00:00Z")
        #expect(try next(rules, 1, after: "2026-11-01T08:00:00Z") == "2026-11-02T09:00:00Z")
    }

    @Test(
        "are read whatever is in the file: changes of the past, half hours, names in brackets, the south",
        arguments: [
            ("<+0530>-5:30", "2026-03-10T12:00:00Z", "2026-03-10T20:30:00Z"),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-10T12:00:00Z", "2026-01-10T15:00:00Z"),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-10T12:00:00Z", "2026-07-10T16:00:00Z"),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T12:00:00Z", "2026-03-30T00:00:00Z"),
            ("UTC0", "2026-03-10T12:00:00Z", "2026-03-11T02:00:00Z"),
        ])
    func places(_ rule: String, _ now: String, _ expected: String) throws {
        #expect(try next(TimeZoneRules(try file([1], then: rule)), 2, after: now) == expected)
    }

    @Test("go by what is listed as long as that goes, then by the rule; without one the last offset stays")
    func past() throws {
        let moments = ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]
        let rules = TimeZoneRules(try file([0, 3, 5], from: moments, then: "XXX-7"))
        #expect(try next(rules, 12, after: "2019-06-01T00:00:00Z") == "2019-06-01T12:00:00Z")
        #expect(try next(rules, 12, after: "2026-06-01T00:00:00Z") == "2026-06-01T09:00:00Z")
        #expect(try next(rules, 12, after: "2031-06-01T00:00:00Z") == "2031-06-01T05:00:00Z")
        let open = TimeZoneRules(try file([0, 3, 5], from: moments, then: ""))
        #expect(try next(open, 12, after: "2031-06-01T00:00:00Z") == "2031-06-01T07:00:00Z")
    }

    @Test("are not read from what is no such file, or half of one")
    func broken() throws {
        let whole = try file([0, 3], from: ["2020-01-01T00:00:00Z"], then: "UTC0")
        #expect(TimeZoneRules(whole) != nil && TimeZoneRules([]) == nil)
        for count in 0..<(whole.count - 6) { #expect(TimeZoneRules(Array(whole.prefix(count))) == nil) }
        #expect(TimeZoneRules(Array("#!/bin/sh\necho no zone\n".utf8) + whole) == nil)
    }
}
