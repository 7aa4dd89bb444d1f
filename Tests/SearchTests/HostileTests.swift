import HTTP
import Search
import Testing

@Suite("A hostile request")
struct HostileTests {
    @Test("without the password, or with another, is refused before anything of it is read")
    func password() throws {
        let folder = try ScratchFolder()
        let api = SearchAPI(try SearchFile(path: "\(folder.path)/search.db"), authorization: SearchDoor.authorization)
        func refusal(_ header: String?) -> HTTPAnswer? {
            api.refusal(of: HTTPRequest(method: "GET", path: "/", headers: header.map { ["Authorization": $0] } ?? [:]))
        }
        #expect(refusal(SearchDoor.authorization) == nil)
        for wrong in [nil, "Basic cGFhczpzZWNyZXR=", "Basic", "Bearer cGFhczpzZWNyZXQ=", ""] {
            let answer = try #require(refusal(wrong))
            let json = try JSON(parsing: answer.body)
            #expect(answer.status == 401 && json.errorType == "security_exception" && json["status"] == 401)
            #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Basic realm=") == true)
            #expect(answer.headers["X-Elastic-Product"] == "Elasticsearch")
        }
    }

    @Test("of FTS5's or SQL's own syntax is nothing but words")
    func syntax() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["t": "drop table near or and not x\"y"], ["t": "other"])
        for text in [
            "\"", "x\"y", "NEAR(drop table, 3)", "t : drop", "drop*", "^drop", "drop AND", "-drop", "{t}:x", "')--",
            "'; DROP TABLE indexes; --", "\u{0}", "\u{E041}", String(repeating: "(", count: 1000), "words MATCH 'x'",
        ] {
            for field in ["t", "t.keyword", "*", "t\" OR 1", "'; DROP TABLE d1; --"] {
                let queries: [JSON] = [
                    ["multi_match": ["query": .text(text), "fields": [.text(field)]]],
                    ["term": .object([.init(field, .text(text))])], ["prefix": .object([.init(field, .text(text))])],
                    ["match_phrase": .object([.init(field, ["query": .text(text), "slop": 2])])],
                    ["exists": ["field": .text(field)]],
                    ["simple_query_string": ["query": .text(text), "fields": [.text(field)]]],
                ]
                for query in queries {
                    let answer = try await door.send("POST", "/a/_search", ["query": query])
                    #expect(answer.status == 200, "\(query.encodedText): \(answer.json.encodedText)")
                }
            }
        }
        #expect(try await door.ids("a", ["match": ["t": "x\"y"]]) == ["1"])
        #expect(try await door.search("a", [:]).total == 2)
        #expect(try await door.send("PUT", "/a/_doc/3", ["x'; DROP TABLE d1; --\"": "v", "a b": "w"]).status == 201)
        #expect(try await door.ids("a", ["match": ["a b": "w"]]) == ["3"])
    }

    @Test(
        "that is no JSON is refused with the place",
        arguments: [
            "{\"a\":\"\u{1}\"}", "{\"a\":01}", "{\"a\":1,}", "{'a':1}", "{\"a\":NaN}", "{\"a\":1}x", "{\"a\":\"\\x\"}",
            "[", "nul",
            "{\"a\":1,\"a\":2}", "{\"a\":1.}", "{\"a\":\"\\u12\"}", "",
        ])
    func malformed(text: String) async throws {
        let answer = try await send(Array(text.utf8))
        #expect(
            answer.status == 400 && answer.json.errorType == "mapper_parsing_exception", "\(answer.json.encodedText)")
    }

    @Test("of broken UTF-8, of endless depth or of endless digits is refused")
    func endless() async throws {
        let deep = String(repeating: "[", count: 200_000)
        let objects = String(repeating: "{\"a\":", count: 200_000)
        for body in [
            Array("{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8),
            Array("{\"a\":\"".utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8),
            Array(deep.utf8), Array(objects.utf8), Array("{\"a\":\(String(repeating: "9", count: 100_000))}".utf8),
        ] {
            let answer = try await send(body)
            #expect(answer.status == 400, "\(answer.json.encodedText.prefix(300))")
        }
        var query: JSON = ["match_all": [:]]
        for _ in 0..<40 { query = ["bool": ["must": query]] }
        let nested = try await (try SearchDoor()).send("POST", "/_search", ["query": query])
        #expect(nested.status == 400 && nested.json.reason.contains("nested depth"))
        let typed = try await (try SearchDoor()).send(
            "POST", "/_search", ["query": ["query_string": ["query": .text(String(repeating: "(", count: 5000))]]])
        #expect(typed.status == 400)
    }

    @Test("with numbers, versions or dates at the end of what there is harms nothing")
    func ends() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["t": 5])
        let above: JSON = .double(9_223_372_036_854_775_807.5)
        #expect(try await door.send("POST", "/a/_search", ["query": ["range": ["t": ["gt": above]]]]).status == 400)
        #expect(try await door.send("PUT", "/a/_doc/2", ["t": above]).status == 400)
        let last = "/a/_doc/3?version=9223372036854775807&version_type=external"
        #expect(try await door.send("PUT", last, ["t": 1]).status == 201)
        #expect(try await door.send("PUT", "/a/_doc/3", ["t": 2]).status == 200)
        #expect(try await door.send("POST", "/a/_update/3", ["doc": ["t": 3]]).status == 200)
        #expect(try await door.send("DELETE", "/a/_doc/3").status == 200)

        let dates: JSON = ["mappings": ["properties": ["d": ["type": "date"]]]]
        #expect(try await door.send("PUT", "/b", dates).status == 200)
        #expect(try await door.send("PUT", "/b/_doc/1", ["d": .int(Int64.max)]).status == 400)
        for date in [-8_900_000_000_000_000, 8_900_000_000_000_000] {
            #expect(try await door.send("POST", "/b/_doc", ["d": .int(Int64(date))]).status == 201)
        }
        let years: JSON = ["aggs": ["y": ["date_histogram": ["field": "d", "calendar_interval": "year"]]]]
        let counted = try await door.send("POST", "/b/_search", years)
        #expect(counted.status == 400 && counted.json.errorType == "too_many_buckets_exception")
    }

    @Test("with more fields, words or clauses than anybody means is refused, and the index is as before")
    func numbers() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["t": "x"])
        let wide = JSON.object((0..<1100).map { .init("f\($0)", .int($0)) })
        let fields = try await door.send("PUT", "/a/_doc/2", wide)
        #expect(fields.status == 400 && fields.json.reason.contains("Limit of total fields [1000]"))
        #expect(try await door.send("GET", "/a/_mapping").json["a"]?["mappings"]?["properties"]?.members?.count == 1)
        let words = (0..<2000).map { "w\($0)" }.joined(separator: " ")
        #expect(try await door.send("POST", "/a/_search", ["query": ["match": ["t": .text(words)]]]).status == 400)
        let clauses = JSON.list((0..<2000).map { ["term": ["t": .int($0)]] })
        #expect(try await door.send("POST", "/a/_search", ["query": ["bool": ["should": clauses]]]).status == 400)
        #expect(try await door.search("a", [:]).ids == ["1"])
    }

    @Test(
        "for what is not there is told so",
        arguments: [
            ("GET", "/_ml/anomaly_detectors", 400), ("PUT", "/_ingest/pipeline/x", 400),
            ("POST", "/a/_update_by_query", 400),
            ("PATCH", "/a", 405), ("POST", "/_cat/indices", 405), ("GET", "/a/_nothing", 400),
            ("POST", "/_aliases", 400),
        ])
    func unknown(method: String, path: String, status: Int) async throws {
        let answer = try await (try SearchDoor()).send(method, path)
        #expect(answer.status == status && answer.json["status"] == .int(status), "\(answer.json.encodedText)")
        #expect(!answer.json.reason.isEmpty)
    }

    @Test("of another content type than JSON is refused")
    func contentType() async throws {
        let answer = await (try SearchDoor()).raw(
            "POST", "/_search", Array("{}".utf8), type: "application/x-www-form-urlencoded")
        #expect(answer.status == 406)
    }

    private func send(_ body: [UInt8]) async throws -> (status: Int, json: JSON) {
        let answer = await (try SearchDoor()).raw("PUT", "/a/_doc/1", body)
        return (answer.status, try JSON(parsing: answer.body))
    }
}
