import Model
import Testing

@testable import Store

@Suite("A domain in the database")
struct DomainTableTests {
    private func domain(_ app: App, _ host: String) throws -> Domain {
        Domain(app: app.id, host: try HostName(host), createdAt: Samples.then, updatedAt: Samples.then)
    }

    @Test("is kept by name, belongs to one app, and goes with it")
    func kept() async throws {
        let store = try Store(path: ":memory:")
        let (one, other) = (try Samples.app("one"), try Samples.app("other", ordinal: 2))
        let domains = [try domain(one, "*.shop.test"), try domain(one, "www.shop.test")]
        let foreign = try domain(other, "www.shop.test")
        try await store.write { transaction in
            try transaction.insert(one)
            try transaction.insert(other)
            for domain in domains.reversed() { try transaction.insert(domain) }
        }
        #expect(try await store.read { try $0.domains(of: one.id) } == domains)
        #expect(try await store.read { try $0.domain(domains[1].host) } == domains[1])
        await #expect(throws: StoreError.self) { try await store.write { try $0.insert(foreign) } }
        try await store.write { try $0.remove(domains[0].id) }
        #expect(try await store.read { try $0.allDomains() } == [domains[1]])
        try await store.write { try $0.remove(one.id) }
        #expect(try await store.read { try $0.allDomains() } == [])
    }
}
