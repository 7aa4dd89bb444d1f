import Model
import Testing

@testable import Store

@Suite("The add-ons that are kept")
struct AddonTableTests {
    private let store: Store
    private let now = Timestamp(microseconds: 1_700_000_000_000_000)

    init() throws { store = try Store(path: ":memory:") }

    private func app(_ name: String, _ ordinal: Int) async throws -> App {
        let app = App(id: AppID(), name: try AppName(name), createdAt: now, updatedAt: now, ordinal: ordinal)
        try await store.write { try $0.insert(app) }
        return app
    }

    private func addon(_ name: String, of app: App) -> Addon {
        Addon(
            app: app.id, name: name, service: "cabinet", plan: "small", values: ["URL": "x", "": "y"],
            memory: ["drawer": "1"], createdAt: now, updatedAt: now)
    }

    @Test("come back as they were, and as they were changed")
    func roundTrip() async throws {
        let app = try await app("one", 1)
        var kept = addon("chest", of: app)
        let first = kept
        try await store.write { try $0.insert(first) }
        #expect(try await store.read { try $0.addon(named: "chest") } == first)
        kept.name = "drawer"
        kept.plan = "large"
        kept.state = .deprovisioning
        kept.values = ["KEY": "z"]
        kept.memory = [:]
        let changed = kept
        try await store.write { try $0.update(changed) }
        #expect(try await store.read { try $0.addons(of: app.id) } == [changed])
    }

    @Test("have names of their own, and attachments names that are their app's own")
    func unique() async throws {
        let (one, two) = (try await app("one", 1), try await app("two", 2))
        let (chest, other) = (addon("chest", of: one), addon("chest", of: two))
        try await store.write { try $0.insert(chest) }
        await #expect(throws: StoreError.self) { try await store.write { try $0.insert(other) } }
        let here = AddonAttachment(addon: chest.id, app: one.id, name: "CHEST", createdAt: now)
        let there = AddonAttachment(addon: chest.id, app: two.id, name: "CHEST", createdAt: now)
        let again = AddonAttachment(addon: chest.id, app: one.id, name: "CHEST", createdAt: now)
        try await store.write { transaction in
            try transaction.insert(here, setting: ["CHEST_URL"])
            try transaction.insert(there, setting: ["CHEST_URL"])
        }
        await #expect(throws: StoreError.self) { try await store.write { try $0.insert(again, setting: []) } }
        #expect(try await store.read { try $0.attachments(of: chest.id) } == [here, there])
    }

    @Test("go with their attachments; the config vars that they have set stay known")
    func removed() async throws {
        let app = try await app("one", 1)
        let chest = addon("chest", of: app)
        let attachment = AddonAttachment(addon: chest.id, app: app.id, name: "CHEST", createdAt: now)
        try await store.write { transaction in
            try transaction.insert(chest)
            try transaction.insert(attachment, setting: ["CHEST_URL", "CHEST"])
        }
        try await store.write { try $0.remove(chest.id) }
        #expect(try await store.read { try $0.allAttachments() } == [])
        #expect(try await store.read { try $0.attachedKeys(of: app.id) } == ["CHEST_URL", "CHEST"])
    }

    @Test("have transfers whose numbers never come twice")
    func transfers() async throws {
        let app = try await app("one", 1)
        let now = now
        for number in 1...3 {
            let made = try await store.write { transaction in
                let transfer = Transfer(
                    app: app.id, number: try transaction.nextTransferNumber(of: app.id), kind: .backup,
                    source: "DATABASE", target: "BACKUP", createdAt: now)
                try transaction.insert(transfer)
                return transfer
            }
            #expect(made.number == number)
            var ended = made
            ended.finishedAt = now
            ended.hasSucceeded = true
            ended.bytes = 42
            let known = ended
            try await store.write { try $0.update(known) }
            #expect(try await store.read { try $0.transfer(made.id) } == known)
            try await store.write { try $0.remove(made.id) }
        }
        #expect(try await store.read { try $0.unfinishedTransfers() } == [])
    }
}
