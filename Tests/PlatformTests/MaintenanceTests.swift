import Model
import PlatformSupport
import Testing

@testable import Platform

@Suite("Maintenance", .timeLimit(.minutes(1)))
struct MaintenanceTests {
    @Test("turns requests away at once, leaves every dyno as it is, makes no release, and ends the same way")
    func turnsAway() async throws {
        let stage = try Stage()
        let deployed = try await stage.deployed("shop", ["web": "serve", "worker": "work"])
        let dynos = await stage.platform.reconciler.dynos(of: deployed.app.id).map(\.id)
        let releases = try await stage.platform.releases(of: deployed.app).count
        let on = try await stage.platform.setMaintenance(true, of: deployed.app)
        #expect(stage.router.states(of: "shop.localhost").last == .refusing(.maintenanceMode))
        #expect(on.maintenance)
        #expect(await stage.platform.reconciler.dynos(of: deployed.app.id).map(\.id) == dynos)
        #expect(try await stage.platform.releases(of: deployed.app).count == releases)
        _ = try await stage.platform.setMaintenance(false, of: deployed.app)
        guard case .serving = stage.router.states(of: "shop.localhost").last else {
            Issue.record("the app does not serve again")
            return
        }
        await stage.close()
    }

    @Test(
        "and error pages are those that config vars name, where these are web addresses",
        arguments: [
            ("https://pages.test/m", "https://pages.test/m"), ("HTTP://pages.test/", "HTTP://pages.test/"),
            ("javascript:alert(1)", nil), ("pages.test/m", nil), ("https://pages.test/a b", nil), ("", nil),
            ("https://pages.test/\r\nX: y", nil), ("https://" + String(repeating: "x", count: 3000), nil),
        ] as [(String, String?)])
    func pages(value: String, page: String?) async throws {
        let stage = try Stage()
        let (app, _) = try await stage.app("shop", [:])
        _ = try await stage.platform.setConfig(["MAINTENANCE_PAGE_URL": value, "ERROR_PAGE_URL": value], of: app)
        let pages = stage.router.installed.last?.routes["shop.localhost"]?.pages
        #expect(pages == RoutingTable.Pages(error: page, maintenance: page))
        await stage.close()
    }
}
