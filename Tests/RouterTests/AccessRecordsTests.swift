import Model
import Testing

@testable import Router

extension RouterSuite {
    @Suite("Access lines on their way out")
    struct AccessRecordsTests {
        private static let nowhere = LoopOutlet(records: { _ in }, wake: { _ in })

        private static func write(_ length: Int, to records: inout AccessRecords, at now: UInt64) {
            records.start().initialize(repeating: UInt8(ascii: "x"), count: length)
            records.finish(length, AppID(), 0, now: now)
        }

        @Test("wait 10 ms for others, when none has gone for a while")
        func alone() {
            var records = AccessRecords()
            #expect(records.dueAt == .max)
            Self.write(100, to: &records, at: 5000)
            Self.write(100, to: &records, at: 5007)
            #expect(records.dueAt == 5010)
            #expect(!records.isDue(5009))
            #expect(records.isDue(5010))
        }

        @Test("go ten times a second at most while there are many")
        func many() {
            var records = AccessRecords()
            Self.write(100, to: &records, at: 5000)
            records.hand(to: Self.nowhere, now: 5010)
            #expect(records.dueAt == .max)
            Self.write(100, to: &records, at: 5011)
            #expect(records.dueAt == 5110)
            records.hand(to: Self.nowhere, now: 5110)
            Self.write(100, to: &records, at: 5400)
            #expect(records.dueAt == 5410)
        }

        @Test("go at once when a block is full")
        func full() {
            var records = AccessRecords()
            Self.write(100, to: &records, at: 5000)
            records.hand(to: Self.nowhere, now: 5010)
            var lines = 0
            while !records.isFull {
                Self.write(500, to: &records, at: 5020)
                lines += 1
            }
            #expect(lines > 100)
            #expect(records.isDue(5020))
        }
    }
}
