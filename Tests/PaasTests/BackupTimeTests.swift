import Testing

@testable import paas

@Suite("The time of a daily backup")
struct BackupTimeTests {
    @Test(
        "is a full hour of a place, or of UTC",
        arguments: [
            ("02:00 America/Los_Angeles", "02", "America/Los_Angeles"), ("2:00 UTC", "2", "UTC"), ("23:00", "23", ""),
            ("00:00 PST", "00", "PST"), ("4:00EST", "4", "EST"),
        ])
    func hours(_ text: String, _ hour: String, _ zone: String) {
        let time = BackupTime(text)
        #expect(time?.hour == hour && time?.zone == zone)
    }

    @Test(
        "is nothing else",
        arguments: ["", "02:30 UTC", "24:00 UTC", "2 UTC", "02:00  UTC", "02:00 UTC please", "noon", "-1:00"])
    func others(_ text: String) { #expect(BackupTime(text) == nil) }
}
