import Addons
import Model
import PlatformSupport
import Store
import Testing

@testable import Platform

@Suite("A provider of add-ons", .timeLimit(.minutes(1)))
struct ProviderTests {
    private static let manifest = Array(
        #"{"id":"cloud","api":{"password":"pw","config_vars":["CLOUD_URL"],"base_url":"http://127.0.0.1:9/r"}}"#.utf8)

    private func stage(_ clock: FakeClock? = nil) throws -> Stage {
        try Stage(clock: clock, addons: AddonCatalogue([FakeProvider(), Scheduler()], partners: try .idle()))
    }

    /// An add-on that the provider is making.
    private func pending(_ stage: borrowing Stage) async throws -> Addon {
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        _ = try await stage.platform.addPartner(Self.manifest, isProduction: false)
        let now = stage.platform.now()
        let addon = Addon(app: app.id, name: "cloud-1", service: "cloud", plan: "test", createdAt: now, updatedAt: now)
        try await stage.platform.machines.store.write { try $0.insert(addon) }
        var holding = AddonHolding(values: [:], memory: ["provider": "7"])
        holding.isPending = true
        let attachment = AddonAttachment(addon: addon.id, app: app.id, name: "CLOUD", createdAt: now)
        return try await stage.platform.leavePending(addon, attachment, holding)
    }

    @Test("exchanges its grant once, within 5 minutes and with its secret, for a token that lasts 8 hours")
    func tokens() async throws {
        let clock = FakeClock()
        let stage = try stage(clock)
        let addon = try await pending(stage)
        let platform = stage.platform
        let grant = try await platform.machines.grant(for: addon.id)
        await #expect(throws: PartnerRefusal.self) {
            _ = try await platform.exchange(.grant, grant.code, clientSecret: "pwd")
        }
        let access = try await platform.exchange(.grant, grant.code, clientSecret: "pw")
        await #expect(throws: PartnerRefusal.self) {
            _ = try await platform.exchange(.grant, grant.code, clientSecret: "pw")
        }
        #expect(try await platform.addon(accessToken: access.access)?.id == addon.id)
        #expect(try await platform.addon(accessToken: access.refresh) == nil)
        clock.advance(by: .seconds(8 * 3600))
        #expect(try await platform.addon(accessToken: access.access) == nil)
        let again = try await platform.exchange(.refresh, access.refresh, clientSecret: "pw")
        #expect(try await platform.addon(accessToken: again.access)?.id == addon.id)

        let late = try await platform.machines.grant(for: addon.id)
        clock.advance(by: .seconds(301))
        await #expect(throws: PartnerRefusal.self) {
            _ = try await platform.exchange(.grant, late.code, clientSecret: "pw")
        }
        _ = try await platform.endProvisioning(addon)
        #expect(try await platform.addon(accessToken: again.access) == nil)
        await stage.close()
    }

    @Test("has what it says of an add-on that it still makes kept, through a restart, until that is there: one release")
    func pending() async throws {
        let stage = try stage()
        let addon = try await pending(stage)
        let platform = stage.platform
        let app = try await platform.app("shop")
        let before = try await platform.releases(of: app).count
        _ = try await platform.setPartnerConfig(["CLOUD_URL": "cloud://1"], of: addon)
        try await platform.settleAddons()
        try await platform.refreshAttachments()
        #expect(try await platform.config(of: app).isEmpty)
        let made = try await platform.finishProvisioning(addon)
        #expect(made.state == .provisioned && made.values == ["URL": "cloud://1"] && made.memory == ["provider": "7"])
        #expect(try await platform.finishProvisioning(addon) == made)
        #expect(try await platform.config(of: app)["CLOUD_URL"] == "cloud://1")
        let releases = try await platform.releases(of: app)
        #expect(releases.count == before + 1 && releases.first?.description == "Attach CLOUD (@cloud-1)")
        _ = try await platform.setPartnerConfig(["CLOUD_URL": "cloud://2"], of: made)
        #expect(try await platform.config(of: app)["CLOUD_URL"] == "cloud://2")
        await #expect(throws: AddonError.self) { _ = try await platform.setConfig(["CLOUD_URL": "mine"], of: app) }
        await stage.close()
    }

    @Test("that makes nothing after all leaves nothing: no add-on, no release")
    func failed() async throws {
        let stage = try stage()
        let addon = try await pending(stage)
        let app = try await stage.platform.app("shop")
        let before = try await stage.platform.releases(of: app)
        _ = try await stage.platform.endProvisioning(addon)
        #expect(try await stage.platform.allAddons() == [])
        #expect(try await stage.platform.attachments(in: app) == [])
        #expect(try await stage.platform.releases(of: app) == before)
        await stage.close()
    }

    @Test("can't have the name of what comes with the platform, and stays while it has add-ons")
    func names() async throws {
        let stage = try stage()
        let text = String(decoding: Self.manifest, as: UTF8.self)
        for name in ["cabinet", "scheduler"] {
            let taken = text.replacing("cloud\"", with: "\(name)\"").replacing("CLOUD", with: name.uppercased())
            await #expect(throws: PartnerRefusal.self) {
                _ = try await stage.platform.addPartner(Array(taken.utf8), isProduction: false)
            }
        }
        let addon = try await pending(stage)
        await #expect(throws: PartnerRefusal.self) { try await stage.platform.removePartner("cloud") }
        _ = try await stage.platform.endProvisioning(addon)
        try await stage.platform.removePartner("cloud")
        #expect(stage.platform.partners.isEmpty)
        await #expect(throws: PartnerRefusal.self) { try await stage.platform.removePartner("cloud") }
        await stage.close()
    }
}
