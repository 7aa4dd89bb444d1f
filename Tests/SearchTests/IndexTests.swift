import HTTP
import Search
import Testing

@Suite("An index")
struct IndexTests {
    @Test("is made, shown, and deleted with all that is in it")
    func life() async throws {
        let door = try SearchDoor()
        let body: JSON = [
            "settings": ["number_of_shards": 2, "index": ["number_of_replicas": 0]],
            "mappings": ["properties": ["title": ["type": "text"], "at": ["type": "date"]]],
        ]
        let made = try await door.send("PUT", "/posts", body)
        #expect(made.json == ["acknowledged": true, "shards_acknowledged": true, "index": "posts"])
        let twice = try await door.send("PUT", "/posts")
        #expect(twice.status == 400 && twice.json.errorType == "resource_already_exists_exception")
        #expect(await door.raw("HEAD", "/posts").status == 200)
        let shown = try await door.send("GET", "/posts").json["posts"]
        #expect(shown?["mappings"] == body["mappings"])
        #expect(shown?["settings"]?["index"]?["number_of_shards"] == "2")
        #expect(try await door.send("POST", "/posts/_refresh").json["_shards"]?["failed"] == 0)
        try await door.put("posts", ["title": "x"])
        #expect(try await door.send("DELETE", "/posts").json == ["acknowledged": true])
        #expect(await door.raw("HEAD", "/posts").status == 404)
        #expect(try await door.send("DELETE", "/posts").json.errorType == "index_not_found_exception")
        #expect(try await door.send("DELETE", "/posts?ignore_unavailable=true").status == 200)
        try await door.put("posts", ["title": 7])
        #expect(try await door.search("posts", [:]).total == 1)
    }

    @Test("learns its fields from documents, and is told of more")
    func mapping() async throws {
        let door = try SearchDoor()
        try await door.put(
            "a",
            ["t": "x", "n": 1, "f": 1.5, "b": true, "d": "2026-03-01T10:00:00Z", "o": ["k": "v"], "e": [], "z": .null])
        let learnt = try await door.send("GET", "/a/_mapping").json["a"]?["mappings"]?["properties"]
        let text: JSON = ["type": "text", "fields": ["keyword": ["type": "keyword", "ignore_above": 256]]]
        #expect(
            learnt == [
                "t": text, "n": ["type": "long"], "f": ["type": "float"], "b": ["type": "boolean"],
                "d": ["type": "date"],
                "o": ["properties": ["k": text]],
            ])
        #expect(try await door.send("PUT", "/a/_mapping", ["properties": ["more": ["type": "keyword"]]]).status == 200)
        let other = try await door.send("PUT", "/a/_mapping", ["properties": ["n": ["type": "text"]]])
        #expect(other.status == 400 && other.json.reason.contains("cannot be changed from type [long] to [text]"))
        let unknown = try await door.send("PUT", "/a/_mapping", ["properties": ["g": ["type": "geo_point"]]])
        #expect(unknown.status == 400 && unknown.json.reason.contains("No handler for type [geo_point]"))
        try await door.send(
            "PUT", "/strict", ["mappings": ["dynamic": "strict", "properties": ["a": ["type": "long"]]]])
        let strict = try await door.send("PUT", "/strict/_doc/1", ["b": 1])
        #expect(strict.json.errorType == "strict_dynamic_mapping_exception")
        try await door.send("PUT", "/quiet", ["mappings": ["dynamic": false, "properties": ["a": ["type": "long"]]]])
        #expect(try await door.send("PUT", "/quiet/_doc/1", ["b": 1]).status == 201)
        #expect(try await door.ids("quiet", ["exists": ["field": "b"]]).isEmpty)
    }

    @Test(
        "is not called what Elasticsearch allows nobody to be called",
        arguments: ["Upper", "a%20b", "a%2Fb", "-a", "+a", "a%22", "%2E%2E", "a%2Cb", "a%23"])
    func names(name: String) async throws {
        let answer = try await (try SearchDoor()).send("PUT", "/\(name)")
        #expect(
            answer.status == 400 && answer.json.errorType == "invalid_index_name_exception",
            "\(answer.json.encodedText)")
    }

    @Test("has an analyzer for its texts")
    func analyzers() async throws {
        let door = try SearchDoor()
        func words(_ analyzer: String, _ text: String) async throws -> String {
            let answer = try await door.send("POST", "/_analyze", ["analyzer": .text(analyzer), "text": .text(text)])
            return answer.json["tokens"]?.list?.compactMap { $0["token"]?.text }.joined(separator: "|") ?? ""
        }
        #expect(
            try await words("standard", "The 2 QUICK Brown-Foxes jumped over the lazy dog's bone.")
                == "the|2|quick|brown|foxes|jumped|over|the|lazy|dog's|bone")
        #expect(
            try await words("standard", "a_b 3.14 x@y.com 日本 1,000 e\u{301}t\u{e9}")
                == "a_b|3.14|x|y.com|日|本|1,000|e\u{301}t\u{e9}")
        #expect(try await words("simple", "The 2 QUICK dog's") == "the|quick|dog|s")
        #expect(try await words("whitespace", "The 2 QUICK dog's") == "The|2|QUICK|dog's")
        #expect(try await words("stop", "The QUICK fox is not here") == "quick|fox|here")
        #expect(try await words("keyword", "New York") == "New York")
        let body: JSON = [
            "mappings": [
                "properties": [
                    "en": ["type": "text", "analyzer": "english"], "w": ["type": "text", "analyzer": "whitespace"],
                ]
            ]
        ]
        try await door.send("PUT", "/a", body)
        try await door.put("a", ["en": "The foxes were jumping", "w": "Case Matters"])
        #expect(try await door.ids("a", ["match": ["en": "a jumped fox"]]) == ["1"])
        #expect(try await door.ids("a", ["match": ["w": "Case"]]) == ["1"])
        #expect(try await door.ids("a", ["match": ["w": "case"]]).isEmpty)
        let own = try await door.send("PUT", "/b", ["settings": ["analysis": ["analyzer": ["my": [:]]]]])
        #expect(own.status == 400 && own.json.reason.contains("an analyzer of one's own"))
    }

    @Test("is listed with the cluster's health and its count of documents")
    func lists() async throws {
        let door = try SearchDoor()
        try await door.put("posts", ["t": "x"], ["t": "y"])
        let list = String(decoding: await door.raw("GET", "/_cat/indices?v").body, as: UTF8.self)
        #expect(list.hasPrefix("health status index uuid") && list.contains("green  open   posts"), "\(list)")
        let json = try await door.send("GET", "/_cat/indices?format=json&h=index,docs.count").json
        #expect(json == [["index": "posts", "docs.count": "2"]])
        #expect(try await door.send("GET", "/_cluster/health").json["status"] == "green")
        let info = await door.raw("GET", "/")
        #expect(info.headers["X-Elastic-Product"] == "Elasticsearch")
        #expect(try JSON(parsing: info.body)["tagline"] == "You Know, for Search")
        let pretty = await door.raw("GET", "/_cluster/health?pretty")
        #expect(String(decoding: pretty.body, as: UTF8.self).hasPrefix("{\n  \"cluster_name\" : \"paas\",\n"))
    }

    @Test("of an older client may have a type in its paths")
    func types() async throws {
        let door = try SearchDoor()
        #expect(try await door.send("PUT", "/posts/post/1", ["t": "x"]).status == 201)
        #expect(try await door.send("POST", "/posts/post/_search", ["query": ["match": ["t": "x"]]]).json.ids == ["1"])
        #expect(try await door.send("DELETE", "/posts/post/1").status == 200)
        let typed: JSON = ["mappings": ["post": ["properties": ["a": ["type": "keyword"]]]]]
        #expect(try await door.send("PUT", "/old", typed).status == 200)
        #expect(
            try await door.send("GET", "/old/_mapping").json["old"]?["mappings"]?["properties"]?["a"] == [
                "type": "keyword"
            ])
    }
}
