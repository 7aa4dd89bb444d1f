import HTTP
import Search
import Testing

@Suite("A document")
struct DocumentTests {
    @Test("is created, replaced, found, read and deleted, with versions and sequence numbers")
    func life() async throws {
        let door = try SearchDoor()
        let created = try await door.send("PUT", "/posts/_doc/1", ["body": "first light"])
        #expect(created.status == 201)
        let shards = #""_shards":{"total":1,"successful":1,"failed":0},"_seq_no":"#
        #expect(
            created.json.encodedText
                == #"{"_index":"posts","_id":"1","_version":1,"result":"created",\#(shards)0,"_primary_term":1}"#)
        let updated = try await door.send("PUT", "/posts/_doc/1", ["body": "second light"])
        #expect(updated.status == 200 && updated.json["result"] == "updated" && updated.json["_version"] == 2)
        #expect(try await door.ids("posts", ["match": ["body": "second"]]) == ["1"])
        #expect(try await door.ids("posts", ["match": ["body": "first"]]).isEmpty)
        let read = try await door.send("GET", "/posts/_doc/1")
        #expect(read.status == 200 && read.json["_source"] == ["body": "second light"] && read.json["_seq_no"] == 1)
        #expect(await door.raw("HEAD", "/posts/_doc/1").status == 200)
        let deleted = try await door.send("DELETE", "/posts/_doc/1")
        #expect(deleted.status == 200 && deleted.json["result"] == "deleted" && deleted.json["_version"] == 3)
        let again = try await door.send("DELETE", "/posts/_doc/1")
        #expect(again.status == 404 && again.json["result"] == "not_found")
        let gone = try await door.send("GET", "/posts/_doc/1")
        #expect(gone.status == 404 && gone.json["found"] == false)
        #expect(await door.raw("HEAD", "/posts/_doc/1").status == 404)
        #expect(try await door.search("posts", [:]).total == 0)
    }

    @Test("comes back with the members, the numbers and the texts that it was given, in their order")
    func exact() async throws {
        let door = try SearchDoor()
        let text =
            #"{"z":1.50,"a":[1,[2,3],null],"big":9007199254740993,"e":1e3,"t":"\u00e4 \ud83d\ude00 \"\\ \n","empty":{},"no":null}"#
        #expect(await door.raw("PUT", "/a/_doc/1", Array(text.utf8)).status == 201)
        let source = try await door.send("GET", "/a/_source/1").json.encodedText
        #expect(
            source
                == #"{"z":1.50,"a":[1,[2,3],null],"big":9007199254740993,"e":1e3,"t":"ä 😀 \"\\ \n","empty":{},"no":null}"#
        )
    }

    @Test("without an id gets one; one that must be new is refused where there is one")
    func ids() async throws {
        let door = try SearchDoor()
        let made = try await door.send("POST", "/a/_doc", ["n": 1])
        let id = try #require(made.json["_id"]?.text)
        #expect(made.status == 201 && id.count == 20)
        #expect(try await door.send("PUT", "/a/_create/\(id)", ["n": 2]).status == 409)
        let refused = try await door.send("PUT", "/a/_doc/\(id)?op_type=create", ["n": 2])
        #expect(refused.status == 409 && refused.json.errorType == "version_conflict_engine_exception")
        let odd = try await door.send("PUT", "/a/_doc/a%20b%2Fc%3F", ["n": 3])
        #expect(odd.json["_id"] == "a b/c?")
        let long = try await door.send("PUT", "/a/_doc/\(String(repeating: "x", count: 513))", ["n": 3])
        #expect(long.status == 400 && long.json.reason.contains("no longer than 512 bytes"))
    }

    @Test("changed under a condition is changed only where that is so")
    func conditions() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["n": 1])
        #expect(try await door.send("PUT", "/a/_doc/1?if_seq_no=7&if_primary_term=1", ["n": 2]).status == 409)
        #expect(try await door.send("PUT", "/a/_doc/1?if_seq_no=0&if_primary_term=1", ["n": 2]).status == 200)
        #expect(try await door.send("PUT", "/a/_doc/1?version=9&version_type=external", ["n": 3]).json["_version"] == 9)
        #expect(try await door.send("PUT", "/a/_doc/1?version=9&version_type=external", ["n": 3]).status == 409)
        #expect(try await door.send("DELETE", "/a/_doc/1?if_seq_no=0&if_primary_term=1").status == 409)
    }

    @Test("is updated in part, made where it is missing, and left alone where nothing changes")
    func update() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["t": "old", "o": ["x": 1, "y": 2]])
        let changed = try await door.send("POST", "/a/_update/1", ["doc": ["t": "new", "o": ["y": 3]]])
        #expect(changed.json["result"] == "updated" && changed.json["_version"] == 2)
        #expect(try await door.send("GET", "/a/_source/1").json == ["t": "new", "o": ["x": 1, "y": 3]])
        #expect(try await door.send("POST", "/a/_update/1", ["doc": ["t": "new"]]).json["result"] == "noop")
        let missing = try await door.send("POST", "/a/_update/2", ["doc": ["t": "x"]])
        #expect(missing.status == 404 && missing.json.errorType == "document_missing_exception")
        let made = try await door.send("POST", "/a/_update/2", ["doc": ["t": "x"], "doc_as_upsert": true])
        #expect(made.status == 201 && made.json["result"] == "created")
        #expect(
            try await door.send("POST", "/a/_update/3", ["doc": ["t": "x"], "upsert": ["t": "first"]]).status == 201)
        #expect(try await door.ids("a", ["match": ["t": "first"]]) == ["3"])
        let script = try await door.send("POST", "/a/_update/1", ["script": ["source": "ctx._source.n += 1"]])
        #expect(script.status == 400 && script.json.reason.contains("a script in an update"))
    }

    @Test("is one of several that are read together")
    func several() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["n": 1], ["n": 2])
        let read = try await door.send("POST", "/a/_mget", ["ids": ["2", "9"]]).json["docs"]?.list
        #expect(read?.first?["_source"] == ["n": 2] && read?.last?["found"] == false)
        let named = try await door.send(
            "POST", "/_mget", ["docs": [["_index": "a", "_id": "1"], ["_index": "b", "_id": "1"]]])
        #expect(named.json["docs"]?.list?.first?["found"] == true)
        #expect(named.json["docs"]?.list?.last?["error"]?["type"] == "index_not_found_exception")
    }

    @Test("is one of those that a query deletes")
    func deletion() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["n": 1, "t": "x y"], ["n": 2, "t": "x"], ["n": 3, "t": "y"])
        let done = try await door.send("POST", "/a/_delete_by_query", ["query": ["match": ["t": "x"]]])
        #expect(done.json["deleted"] == 2 && done.json["failures"] == [])
        #expect(try await door.search("a", [:]).ids == ["3"])
        #expect(try await door.ids("a", ["match": ["t": "y"]]) == ["3"])
        #expect(try await door.send("POST", "/a/_delete_by_query", [:]).status == 400)
    }

    @Test("that does not fit its mapping is refused, and the one before it stays")
    func misfits() async throws {
        let door = try SearchDoor()
        try await door.put("a", ["n": 1, "d": "2026-01-02", "o": ["x": 1], "t": "text"])
        let misfits: [(JSON, String)] = [
            (["n": "many"], "failed to parse field [n] of type [long]"),
            (["d": "soon"], "failed to parse field [d] of type [date]"),
            (["o": 7], "object mapping for [o] tried to parse field [o] as object"),
            (["t": ["x": 1]], "failed to parse field [t] of type [text]"), ([1, 2], "a document is a JSON object"),
            (["": 1], "field name cannot be an empty string"),
        ]
        for (document, reason) in misfits {
            let refused = try await door.send("PUT", "/a/_doc/1", document)
            #expect(refused.status == 400 && refused.json.errorType == "mapper_parsing_exception", "\(refused)")
            #expect(refused.json.reason.contains(reason), "\(refused.json.reason)")
        }
        #expect(try await door.send("GET", "/a/_doc/1").json["_version"] == 1)
        #expect(try await door.ids("a", ["match": ["t": "text"]]) == ["1"])
    }
}

@Suite("A bulk")
struct BulkTests {
    @Test("does each of its actions, and says of each how it went")
    func actions() async throws {
        let door = try SearchDoor()
        let lines = """
            {"index":{"_index":"a","_id":"1"}}
            {"t":"one"}
            {"create":{"_id":"1"}}
            {"t":"again"}
            {"create":{"_id":2}}
            {"t":"two","n":5}
            {"index":{}}
            {"n":"not a number"}
            {"update":{"_id":"2"}}
            {"doc":{"t":"two and more"}}
            {"update":{"_id":"7"}}
            {"doc":{"t":"seven"}}
            {"delete":{"_id":"1"}}
            {"delete":{"_id":"1"}}
            {"index":{"_id":"3"}}
            {"t":

            """
        let answer = try JSON(
            parsing: await door.raw("POST", "/a/_bulk", Array(lines.utf8), type: "application/x-ndjson").body)
        let items = try #require(answer["items"]?.list)
        #expect(answer["errors"] == true)
        let names = items.compactMap { $0.members?.first?.name }
        #expect(names == ["index", "create", "create", "index", "update", "update", "delete", "delete", "index"])
        let statuses = items.compactMap { $0.members?.first?.value["status"]?.int }
        #expect(statuses == [201, 409, 201, 400, 200, 404, 200, 404, 400])
        #expect(items[3]["index"]?["error"]?["type"] == "mapper_parsing_exception")
        #expect(try await door.ids("a", ["match": ["t": "more"]]) == ["2"])
        #expect(try await door.search("a", [:]).total == 1)
    }

    @Test(
        "that makes no sense is refused as a whole",
        arguments: [
            ("", "terminated by a newline"), ("{\"index\":{}}\n{}", "terminated by a newline"),
            ("\n", "no requests added"),
            ("{\"index\":{}}\n", "the document of the action in line 1 is missing"),
            ("{\"drop\":{}}\n{}\n", "expected field [create], [delete], [index] or [update] but found [drop]"),
            ("{\"index\":{\"_index\":\"a\"}}\n{}\nnonsense\n{}\n", "Malformed action/metadata line [3]"),
            ("{\"delete\":{}}\n", "id is missing"),
        ])
    func nonsense(body: String, reason: String) async throws {
        let door = try SearchDoor()
        let answer = await door.raw("POST", "/a/_bulk", Array(body.utf8))
        #expect(answer.status == 400)
        #expect(
            try JSON(parsing: answer.body).reason.contains(reason), "\(String(decoding: answer.body, as: UTF8.self))")
        #expect(await door.raw("HEAD", "/a").status == 404)
    }

    @Test("without an index is refused")
    func noIndex() async throws {
        let answer = await (try SearchDoor()).raw("POST", "/_bulk", Array("{\"index\":{}}\n{}\n".utf8))
        #expect(try JSON(parsing: answer.body).reason.contains("index is missing"))
    }
}
