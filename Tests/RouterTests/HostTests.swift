import Model
import Posix
import Testing

@testable import Router

extension RouterSuite {
    @Suite("Hosts", .timeLimit(.minutes(1)))
    struct HostTests {
        @Test("that are an app's own lead to it on any port, in any case; what nobody has is not found")
        func own() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]), aliases: ["www.shop.test": "x.localhost"])
            for host in ["www.shop.test", "WWW.Shop.TEST:8123", "www.shop.test."] {
                #expect(try router.get(host: host).hasSuffix("Hello, world!"), "\(host)")
                #expect(await router.line().contains(" host=www.shop.test "))
            }
            for host in ["shop.test", "a.www.shop.test", "xwww.shop.test"] {
                #expect(try router.get(host: host).hasPrefix("HTTP/1.1 404 "), "\(host)")
            }
        }

        @Test("that nobody has get a page that says how an app gets them")
        func page() async throws {
            let router = try TestRouter()
            await router.route(.starting)
            #expect(
                try router.get(host: "www.shop.test").contains("<code>paas domains:add www.shop.test -a NAME</code>"))
            #expect(try router.get(host: "shop.localhost").contains("<code>paas create shop</code>"))
        }

        @Test("exact before wildcard, the longer wildcard before the shorter, and none for the domain itself")
        func wildcards() async throws {
            let answers = try ["exact", "inner", "outer"].map { text in
                try Origin.answering { _, _ in Origin.response(text) }
            }
            let router = try TestRouter()
            let routes = Dictionary(
                uniqueKeysWithValues: zip(["exact", "inner"], answers).map { name, origin in
                    ("\(name).localhost", RoutingTable.Route(app: AppID(), state: .serving([origin.backend()])))
                })
            await router.route(
                .serving([answers[2].backend()]), more: routes,
                aliases: [
                    "www.shop.test": "exact.localhost", "*.eu.shop.test": "inner.localhost",
                    "*.shop.test": "x.localhost",
                ])
            let wanted = [
                "www.shop.test": "exact", "a.eu.shop.test": "inner", "a.b.eu.shop.test": "inner",
                "eu.shop.test": "outer", "other.shop.test": "outer", "a.www.shop.test": "outer",
            ]
            for (host, answer) in wanted {
                #expect(try router.get(host: host).hasSuffix(answer), "\(host)")
            }
            for host in ["shop.test", "ashop.test", "*.test", "localhost"] {
                #expect(try router.get(host: host).hasPrefix("HTTP/1.1 404 "), "\(host)")
            }
        }

        @Test("cost the same to look up, be there ten or ten thousand of them")
        func flat() {
            /// The fastest of several rounds of a thousand looks, in nanoseconds.
            func time(_ count: Int) -> Int {
                var aliases: [String: String] = [:]
                for number in 0..<count {
                    aliases["host\(number).shop.test"] = "x.localhost"
                    aliases["*.zone\(number).test"] = "x.localhost"
                }
                let routes = ["x.localhost": RoutingTable.Route(app: AppID(), state: .starting)]
                let whole = RoutingTable(version: 1, routes: routes, aliases: aliases)
                let table = CompiledTable(whole, names: HostNames(whole)) { _ in nil }
                let hosts = (0..<10).flatMap { [Array("host\($0).shop.test".utf8), Array("a.b.zone\($0).test".utf8)] }
                var best = Int.max
                for _ in 0..<20 {
                    let start = Moment.monotonicNanoseconds
                    for _ in 0..<50 {
                        for host in hosts { if table.route(host, host.count) == nil { return .max } }
                    }
                    best = min(best, Int(Moment.monotonicNanoseconds - start))
                }
                return best
            }
            let (few, many) = (time(10), time(10_000))
            #expect(many < few * 4, "\(few) ns for ten, \(many) ns for ten thousand")
        }

        @Test("come and go by the ten thousand while a connection stays open")
        func many() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            let client = try router.connect()
            func status(_ host: String) -> String {
                client.send("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                return String(client.readMessage().head.split(separator: " ").dropFirst().first ?? "")
            }
            let aliases = Dictionary(
                uniqueKeysWithValues: (0..<10_000).map { number in
                    (number % 100 == 99 ? "*.zone\(number).test" : "host\(number).shop.test", "x.localhost")
                })
            for round in 0..<3 {
                await router.route(.serving([origin.backend()]), aliases: aliases)
                for number in [0, 5_000, 9_998] { #expect(status("host\(number).shop.test") == "200", "\(round)") }
                #expect(status("a.zone9999.test") == "200")
                #expect(status("host10000.shop.test") == "404")
                await router.route(.serving([origin.backend()]), aliases: ["other.test": "x.localhost"])
                #expect(status("host0.shop.test") == "404")
                #expect(status("other.test") == "200")
            }
            let table = RoutingTable(
                version: 1, routes: ["x.localhost": .init(app: nil, state: .starting)], aliases: aliases)
            var reader = ByteReader(TableCoding.encode(table))
            #expect(try TableCoding.decode(&reader) == table)
        }

        @Test("travel from the daemon to the router unharmed, with the pages that an app wants")
        func travel() throws {
            let table = RoutingTable(
                version: 9,
                routes: [
                    "x.localhost": .init(
                        app: AppID(), state: .starting, pages: .init(error: "https://a.test/e", maintenance: nil))
                ],
                aliases: ["*.shop.test": "x.localhost", "shop.test": "x.localhost"], appNames: ["x"])
            var reader = ByteReader(TableCoding.encode(table))
            #expect(try TableCoding.decode(&reader) == table)
        }
    }
}
