import Model
import PlatformSupport
import Store
import Testing

@testable import Platform

@Suite("Daily backups", .timeLimit(.minutes(1)))
struct BackupScheduleTests {
    @Test("stay for the last seven that succeeded; others' and those that were asked for stay all")
    func retention() async throws {
        let stage = try Stage()
        let app = try await stage.platform.createApp(name: "shop")
        let now = stage.platform.now()
        let transfers = (1...12).map { number in
            var transfer = Transfer(
                app: app.id, number: number, kind: .backup, isScheduled: ![2, 3].contains(number),
                source: number == 1 ? "OTHER" : "DATABASE", target: "BACKUP", createdAt: now)
            transfer.finishedAt = now
            transfer.hasSucceeded = number != 9 && number != 4
            return transfer
        }
        try await stage.platform.machines.store.write { transaction in
            for transfer in transfers { try transaction.insert(transfer) }
        }
        try await stage.platform.removeOldBackups(of: try #require(transfers.last))
        let left = try await stage.platform.transfers(of: app).map(\.number)
        // 5 is the seventh; 4 is older, and had failed.
        #expect(left.sorted() == [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12])
        await stage.close()
    }

    @Test("are of databases alone, and at an hour that there is")
    func refused() async throws {
        let stage = try Stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (addon, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        await #expect(throws: AddonError.self) {
            _ = try await stage.platform.scheduleBackups(of: addon, hour: 2, zone: "UTC", name: "CABINET_URL")
        }
        await #expect(throws: BackupScheduleError.self) {
            _ = try await stage.platform.unscheduleBackups("CABINET_URL", of: app.id)
        }
        await stage.close()
    }
}
