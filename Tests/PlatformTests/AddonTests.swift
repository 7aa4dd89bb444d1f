import Addons
import Model
import PlatformSupport
import Store
import Testing

@testable import Platform

@Suite("An add-on", .timeLimit(.minutes(1)))
struct AddonTests {
    private let provider = FakeProvider()

    private func stage(_ runtime: FakeRuntime = FakeRuntime()) throws -> Stage {
        try Stage(runtime, addons: AddonCatalogue([provider]))
    }

    @Test("is attached by a release that says so and sets its config vars")
    func create() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (addon, message) = try await stage.platform.createAddon(
            AddonRequest(plan: "cabinet:large", options: ["key": "7"]), for: app)
        #expect(message == "Mind the step" && addon.plan == "large" && addon.state == .provisioned)
        #expect(addon.name.wholeMatch(of: /cabinet-[a-z]+-\d{5}/) != nil)
        let release = try await stage.platform.currentRelease(of: app)
        #expect(release?.description == "Attach CABINET (@\(addon.name))")
        #expect(release?.config["CABINET_URL"] == "cabinet://\(addon.name)")
        #expect(release?.config["CABINET_KEY"] == "7")
        await stage.close()
    }

    @Test("of a service that there is already is attached under another name, in one of Heroku's colours")
    func second() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        _ = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        _ = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        let names = try await stage.platform.attachments(in: app).map(\.name)
        #expect(names.first == "CABINET" && names.last?.wholeMatch(of: /CABINET_[A-Z]+/) != nil)
        await stage.close()
    }

    @Test("that can't be made leaves nothing behind: no add-on, no release")
    func refused() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let before = try await stage.platform.releases(of: app)
        provider.refuse()
        await #expect(throws: FakeProvider.Refusal.self) {
            _ = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        }
        #expect(try await stage.platform.allAddons() == [])
        #expect(try await stage.platform.releases(of: app) == before)
        await stage.close()
    }

    @Test(
        "that nobody serves, or of a plan or a name that can't be, is refused in plain words",
        arguments: [
            (AddonRequest(plan: "mongolab"), "Nobody serves mongolab here. There are cabinet."),
            (AddonRequest(plan: "cabinet:huge"), "cabinet has no plan huge. There are small, large."),
            (AddonRequest(plan: "cabinet:"), "cabinet has no plan without a name. There are small, large."),
            (AddonRequest(plan: "cabinet", name: "Big One"), "lower-case letters, digits and dashes"),
            (AddonRequest(plan: "cabinet", attachmentName: "1st"), "starts with a letter"),
        ])
    func unknown(_ request: AddonRequest, _ reason: String) async throws {
        let stage = try stage()
        let (app, _) = try await stage.app("shop", [:])
        let error = await #expect(throws: AddonError.self) {
            _ = try await stage.platform.createAddon(request, for: app)
        }
        #expect(error?.explanation.why.contains(reason) == true)
        #expect(provider.made == [])
        await stage.close()
    }

    @Test("sets what can't be set by hand as long as it is attached")
    func values() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (addon, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        for change in [String?.some("x"), nil] {
            let error = await #expect(throws: AddonError.self) {
                _ = try await stage.platform.setConfig(["CABINET_URL": change], of: app)
            }
            #expect(error?.explanation.what == "Cannot overwrite attachment values CABINET_URL.")
        }
        try await stage.platform.destroy(addon)
        _ = try await stage.platform.setConfig(["CABINET_URL": "mine"], of: app)
        let taken = await #expect(throws: AddonError.self) {
            _ = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        }
        #expect(taken?.explanation.why == "Config vars are there already: CABINET_URL.")
        #expect(try await stage.platform.config(of: app)["CABINET_URL"] == "mine")
        await stage.close()
    }

    @Test("is not rolled back: an older release comes again with what add-ons say now")
    func rollback() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (first, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        let old = try #require(try await stage.platform.currentRelease(of: app))
        try await stage.platform.destroy(first)
        let (second, _) = try await stage.platform.createAddon(
            AddonRequest(plan: "cabinet", attachmentName: "OTHER"), for: app)
        let release = try await stage.platform.rollback(app, to: old)
        #expect(release.config["CABINET_URL"] == nil)
        #expect(release.config["OTHER_URL"] == "cabinet://\(second.name)")
        await stage.close()
    }

    @Test("shared with another app goes from both, and not before somebody insists")
    func shared() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let other = try await stage.platform.createApp(name: "other")
        let (addon, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        _ = try await stage.platform.attach(addon, to: other, as: "SHARED")
        #expect(try await stage.platform.config(of: other)["SHARED_URL"] == "cabinet://\(addon.name)")
        await #expect(throws: AddonError.self) { try await stage.platform.destroy(addon) }
        try await stage.platform.destroy(addon, isForced: true)
        #expect(try await stage.platform.config(of: other).isEmpty)
        #expect(try await stage.platform.config(of: app).isEmpty)
        #expect(provider.removed == [addon.name])
        #expect(try await stage.platform.releases(of: other).first?.description == "Detach SHARED (@\(addon.name))")
        await stage.close()
    }

    @Test("can't be detached from the app that owns it when it is attached there once")
    func lastAttachment() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (addon, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        let attachment = try #require(try await stage.platform.attachments(in: app).first)
        await #expect(throws: AddonError.self) { try await stage.platform.detach(attachment) }
        _ = try await stage.platform.attach(addon, to: app, as: "AGAIN")
        try await stage.platform.detach(attachment)
        #expect(try await stage.platform.attachments(in: app).map(\.name) == ["AGAIN"])
        await stage.close()
    }

    @Test("goes with its app")
    func destroyedApp() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (addon, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        try await stage.platform.destroy(app)
        #expect(provider.removed == [addon.name])
        #expect(try await stage.platform.allAddons() == [])
        await stage.close()
    }

    @Test("that was being made or ended when the daemon died is whole after the next start, or not there")
    func settled() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let store = stage.platform.machines.store
        let now = stage.platform.now()
        let (whole, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        // As a daemon leaves it that dies after the release is there, and before the last row is written.
        var marked = whole
        marked.state = .provisioning
        let unmarked = marked
        // As one leaves it that dies before the release.
        let half = Addon(
            app: app.id, name: "half", service: "cabinet", plan: "small", values: ["URL": "x"], createdAt: now,
            updatedAt: now)
        let attachment = AddonAttachment(addon: half.id, app: app.id, name: "HALF", createdAt: now)
        try await store.write { transaction in
            try transaction.update(unmarked)
            try transaction.insert(half)
            try transaction.insert(attachment, setting: ["HALF_URL"])
        }
        try await stage.platform.settleAddons()
        #expect(try await stage.platform.allAddons().map(\.name) == [whole.name])
        #expect(try await stage.platform.addon(whole.id)?.state == .provisioned)
        #expect(provider.removed == ["half"])
        #expect(try await stage.platform.attachments(in: app).map(\.name) == ["CABINET"])
        await stage.close()
    }

    @Test("whose values the daemon had changed when it died is told to its apps after the next start")
    func refreshed() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (addon, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        var changed = addon
        changed.values["KEY"] = "new"
        let row = changed
        try await stage.platform.machines.store.write { try $0.update(row) }
        try await stage.platform.settleAddons()
        try await stage.platform.refreshAttachments()
        #expect(try await stage.platform.config(of: app)["CABINET_KEY"] == "new")
        let releases = try await stage.platform.releases(of: app).count
        try await stage.platform.refreshAttachments()
        #expect(try await stage.platform.releases(of: app).count == releases)
        await stage.close()
    }

    @Test("whose change failed, or was cut off by the daemon's end, goes by what is remembered")
    func reinstated() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (addon, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        provider.refuse()
        await #expect(throws: FakeProvider.Refusal.self) {
            _ = try await stage.platform.changePlan(of: addon, to: "large")
        }
        #expect(provider.reinstated == [addon.name])
        #expect(try await stage.platform.addon(addon.id) == addon)
        var cut = addon
        cut.memory[Addon.changing] = "true"
        let row = cut
        try await stage.platform.machines.store.write { try $0.update(row) }
        try await stage.platform.reinstateAddons()
        try await stage.platform.reinstateAddons()
        #expect(provider.reinstated == [addon.name, addon.name])
        #expect(try await stage.platform.addon(addon.id) == addon)
        await stage.close()
    }

    @Test("that is being ended can't be attached any more")
    func attachedLate() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let other = try await stage.platform.createApp(name: "other")
        let (addon, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        try await stage.platform.destroy(addon)
        await #expect(throws: AddonError.self) { _ = try await stage.platform.attach(addon, to: other, as: "LATE") }
        #expect(try await stage.platform.config(of: other).isEmpty)
        await stage.close()
    }

    @Test("that was being promoted when the daemon died is what the release says")
    func promoted() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (first, _) = try await stage.platform.createAddon(AddonRequest(plan: "cabinet"), for: app)
        let (second, _) = try await stage.platform.createAddon(
            AddonRequest(plan: "cabinet", attachmentName: "OTHER"), for: app)
        _ = try await stage.platform.attach(second, to: app, as: "CABINET", replacing: true)
        // As if the row of the old attachment had not been replaced any more.
        let store = stage.platform.machines.store
        let now = stage.platform.now()
        try await store.write { transaction in
            let new = try transaction.attachment(named: "CABINET", in: app.id)
            if let new { try transaction.remove(new.id) }
            try transaction.insert(
                AddonAttachment(addon: first.id, app: app.id, name: "CABINET", createdAt: now), setting: [])
        }
        try await stage.platform.settleAddons()
        #expect(try await stage.platform.addon("CABINET", in: app).id == second.id)
        await stage.close()
    }

    @Test("is found by its name, by what it is attached as, by its config var and by its service")
    func found() async throws {
        let stage = try stage()
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        let (addon, _) = try await stage.platform.createAddon(
            AddonRequest(plan: "cabinet", attachmentName: "MY_STORE"), for: app)
        for text in [
            addon.name, "\(addon.id)", "MY_STORE", "my_store", "MY_STORE_URL", "STORE", "cabinet", "shop::MY_STORE",
        ] {
            #expect(try await stage.platform.addon(text, in: app).id == addon.id, "\(text)")
        }
        await #expect(throws: AddonError.self) { _ = try await stage.platform.addon("MY_STOR", in: app) }
        await stage.close()
    }
}
