import Model
import Testing

@testable import Router

extension RouterSuite {
    @Suite("A page of an app's own", .timeLimit(.minutes(1)))
    struct PageTests {
        private let pages = RoutingTable.Pages(
            error: "https://a.test/e?x=1&y=\"2\"", maintenance: "http://a.test/m")

        @Test("is framed in place of the router's own, with the same status and line, and never fetched by the router")
        func framed() async throws {
            let router = try TestRouter()
            await router.route(.refusing(.maintenanceMode), pages: pages)
            let maintenance = try router.get()
            #expect(maintenance.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(maintenance.contains("<iframe src=\"http://a.test/m\" title=\"Offline for Maintenance\"></iframe>"))
            #expect(await router.line().hasPrefix("at=info code=H80 desc=\"Maintenance mode\""))
            await router.route(.refusing(.appCrashed), pages: pages)
            let error = try router.get()
            #expect(error.hasPrefix("HTTP/1.1 503 "))
            #expect(
                error.contains("<iframe src=\"https://a.test/e?x=1&amp;y=&quot;2&quot;\" title=\"Application Error\">"))
            #expect(await router.line().hasPrefix("at=error code=H10"))
        }

        @Test("of the one kind is not shown for the other, nor for an app to which nothing was deployed")
        func kinds() async throws {
            let router = try TestRouter()
            await router.route(.refusing(.maintenanceMode), pages: .init(error: pages.error))
            #expect(try router.get().contains("This application is undergoing maintenance right now."))
            await router.route(.refusing(.noWebProcesses), pages: .init(maintenance: pages.maintenance))
            #expect(try router.get().contains("An error occurred in the application"))
            await router.route(.refusing(.blankApp), pages: pages)
            #expect(try router.get().contains("There's nothing here, yet."))
        }

        @Test("holds for a domain of the app too, whose error page names the app")
        func domains() async throws {
            let router = try TestRouter()
            await router.route(.refusing(.appCrashed), aliases: ["www.shop.test": "x.localhost"])
            #expect(try router.get(host: "www.shop.test").contains("<code>paas logs --tail -a x</code>"))
        }

        @Test("comes at once to a request that waits when maintenance begins")
        func held() async throws {
            let router = try TestRouter()
            await router.route(.starting)
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            await router.route(.starting)
            await router.route(.refusing(.maintenanceMode))
            #expect(client.readMessage().head.hasPrefix("HTTP/1.1 503 "))
        }
    }
}
