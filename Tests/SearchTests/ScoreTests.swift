import Search
import Testing

@Suite("A search's scores")
struct ScoreTests {
    /// Figures that Elasticsearch's own answers show for these cases.
    @Test(
        "are BM25 as Elasticsearch counts it, to the digit",
        arguments: [
            (["fox"], ["0.2876821"]),
            (["fox", "fox"], ["0.18232156", "0.18232156"]),
            (["fox", "dog"], ["0.6931472"]),
            (["fox", "dog", "cat", "cow", "hen"], ["1.3862944"]),
        ])
    func known(texts: [String], scores: [String]) async throws {
        let door = try SearchDoor()
        for (number, text) in texts.enumerated() { try await door.send("PUT", "/a/_doc/\(number)", ["t": .text(text)]) }
        let found = try await door.search("a", ["query": ["match": ["t": "fox"]]])
        #expect(found.hits.map { $0["_score"] } == scores.map { .number($0) })
        #expect(found["hits"]?["max_score"] == scores.first.map { .number($0) })
    }

    @Test("put short texts before long ones, many occurrences before few, and rare words before common ones")
    func order() async throws {
        let door = try SearchDoor()
        try await door.put(
            "a", ["t": "the quick brown fox jumps over the lazy dog"], ["t": "quick fox"],
            ["t": "fox fox fox quick brown animals"], ["t": "a dog"], ["t": "quick dogs and quick cats"])
        #expect(try await door.ids("a", ["match": ["t": "fox"]]) == ["3", "2", "1"])
        #expect(try await door.ids("a", ["match": ["t": "lazy quick"]]).first == "1")
        #expect(try await door.ids("a", ["match": ["t": "quick"]]) == ["5", "2", "3", "1"])
    }

    @Test("of several fields are the best field's, or their sum, or weighted")
    func fields() async throws {
        let door = try SearchDoor()
        try await door.put(
            "a", ["title": "search", "body": "about something else"],
            ["title": "other things", "body": "search search"],
            ["title": "search", "body": "search"], ["title": "none", "body": "nothing"])
        let query: JSON = ["query": "search", "fields": ["title", "body"]]
        #expect(Set(try await door.ids("a", ["multi_match": query])) == ["1", "2", "3"])
        var most = query.members ?? []
        most.append(.init("type", "most_fields"))
        #expect(try await door.ids("a", ["multi_match": .object(most)]).first == "3")
        let weighted: JSON = ["query": "search", "fields": ["title", "body^10"]]
        #expect(try await door.ids("a", ["multi_match": weighted]).last == "1")
    }

    @Test("are one for what only is so or not, times its boost")
    func constants() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["n": 1, "t": "x"], ["n": 2, "t": "y"])
        let one: [JSON] = [
            ["match_all": [:]], ["range": ["n": ["gte": 1]]], ["exists": ["field": "n"]], ["terms": ["n": [1, 2]]],
            ["ids": ["values": ["1"]]], ["prefix": ["t": "x"]], ["constant_score": ["filter": ["match": ["t": "x"]]]],
        ]
        for query in one {
            #expect(try await door.search("a", ["query": query]).hits.first?["_score"] == .number("1.0"), "\(query)")
        }
        let boosted: JSON = ["query": ["match_all": ["boost": 2.5]]]
        #expect(try await door.search("a", boosted).hits.first?["_score"] == .number("2.5"))
        let filtered: JSON = ["query": ["bool": ["filter": [["match": ["t": "x"]]]]]]
        #expect(try await door.search("a", filtered).hits.first?["_score"] == .number("0.0"))
    }
}
