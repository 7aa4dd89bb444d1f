import HTTP
import Search
import Testing

@Suite("A query")
struct QueryTests {
    private static func library() async throws -> SearchDoor {
        let door = try SearchDoor()
        try await door.put(
            "books",
            [
                "title": "The Quick Brown Fox", "year": 1999, "price": 9.5, "sold": true, "tags": ["animal", "fast"],
                "author": ["name": "Ann Lee", "born": "1960-05-01"],
            ],
            [
                "title": "Lazy dogs don't jump", "year": 2005, "price": 12.25, "sold": false, "tags": ["animal"],
                "author": ["name": "Bob Ray", "born": "1971-11-30"],
            ],
            [
                "title": "A brown paper bag", "year": 2020, "price": 3, "sold": true, "tags": [],
                "author": ["name": "Ann Ray", "born": "1985-01-15"],
            ],
            ["title": "Übergrößen für Füchse", "year": 2021, "price": 20.0, "tags": ["Deutsch"]])
        return door
    }

    @Test(
        "of each kind finds what Elasticsearch finds",
        arguments: [
            (#"{"match_all":{}}"#, "1 2 3 4"), (#"{"match_none":{}}"#, ""),
            (#"{"match":{"title":"brown"}}"#, "1 3"), (#"{"match":{"title":"BROWN fox"}}"#, "1 3"),
            (#"{"match":{"title":{"query":"brown fox","operator":"and"}}}"#, "1"),
            (#"{"match":{"title":{"query":"brown fox bag","minimum_should_match":2}}}"#, "1 3"),
            (#"{"match":{"title":{"query":"brown fox bag","minimum_should_match":"100%"}}}"#, ""),
            (#"{"match":{"title":"don't"}}"#, "2"), (#"{"match":{"title":"don"}}"#, ""),
            (#"{"match":{"title":"füchse"}}"#, "4"), (#"{"match":{"title":"fuchse"}}"#, ""),
            (#"{"match":{"title":{"query":"bron","fuzziness":"AUTO"}}}"#, "1 3"),
            (#"{"match":{"year":2005}}"#, "2"), (#"{"match":{"year":"2005"}}"#, "2"),
            (#"{"match":{"nothing":"here"}}"#, ""),
            (#"{"match_phrase":{"title":"brown fox"}}"#, "1"), (#"{"match_phrase":{"title":"fox brown"}}"#, ""),
            (#"{"match_phrase":{"title":{"query":"quick fox","slop":1}}}"#, "1"),
            (#"{"match_phrase_prefix":{"title":"brown pap"}}"#, "3"),
            (#"{"match_bool_prefix":{"title":"lazy bro"}}"#, "1 2 3"),
            (#"{"multi_match":{"query":"ann","fields":["*"]}}"#, "1 3"),
            (#"{"multi_match":{"query":"2020","fields":["*"]}}"#, "3"),
            (
                #"{"multi_match":{"query":"ray brown","fields":["title","author.name"],"type":"cross_fields","operator":"and"}}"#,
                "3"
            ),
            (#"{"multi_match":{"query":"ann ray","fields":["author.*"],"type":"phrase"}}"#, "3"),
            (#"{"term":{"tags.keyword":"animal"}}"#, "1 2"),
            (#"{"term":{"tags.keyword":{"value":"ANIMAL","case_insensitive":true}}}"#, "1 2"),
            (#"{"term":{"title":"Brown"}}"#, ""), (#"{"term":{"title":"brown"}}"#, "1 3"),
            (#"{"term":{"author.name.keyword":"Ann Ray"}}"#, "3"), (#"{"term":{"sold":true}}"#, "1 3"),
            (#"{"term":{"_id":"2"}}"#, "2"), (#"{"terms":{"year":[1999,2021,7]}}"#, "1 4"),
            (#"{"terms":{"tags.keyword":["fast","Deutsch"]}}"#, "1 4"),
            (#"{"range":{"year":{"gte":2005,"lt":2021}}}"#, "2 3"),
            (#"{"range":{"price":{"gt":9.5,"lte":12.25}}}"#, "2"),
            (#"{"range":{"author.born":{"gte":"1971","lte":"1971"}}}"#, "2"),
            (#"{"range":{"author.born":{"gt":"1971-11-30||-1d","lt":"now-30y/y"}}}"#, "2 3"),
            (#"{"range":{"author.name.keyword":{"gte":"B"}}}"#, "2"),
            (#"{"exists":{"field":"author"}}"#, "1 2 3"), (#"{"exists":{"field":"tags"}}"#, "1 2 4"),
            (#"{"prefix":{"title":"bro"}}"#, "1 3"), (#"{"prefix":{"author.name.keyword":"Ann"}}"#, "1 3"),
            (#"{"wildcard":{"title":"*o*"}}"#, "1 2 3"),
            (#"{"wildcard":{"author.name.keyword":{"value":"* R?y"}}}"#, "2 3"),
            (#"{"fuzzy":{"title":{"value":"lasy"}}}"#, "2"), (#"{"ids":{"values":["3",1]}}"#, "1 3"),
            (#"{"bool":{"must":[{"match":{"title":"brown"}}],"must_not":[{"term":{"sold":true}}]}}"#, ""),
            (#"{"bool":{"must":{"match":{"title":"brown"}},"filter":{"range":{"year":{"gt":2000}}}}}"#, "3"),
            (#"{"bool":{"should":[{"match":{"title":"fox"}},{"match":{"title":"bag"}}]}}"#, "1 3"),
            (
                #"{"bool":{"should":[{"match":{"title":"brown"}},{"match":{"title":"bag"}}],"minimum_should_match":2}}"#,
                "3"
            ),
            (#"{"bool":{"must_not":{"exists":{"field":"sold"}}}}"#, "4"), (#"{"bool":{}}"#, "1 2 3 4"),
            (#"{"dis_max":{"queries":[{"match":{"title":"fox"}},{"match":{"title":"dogs"}}]}}"#, "1 2"),
            (
                #"{"boosting":{"positive":{"match":{"title":"brown"}},"negative":{"term":{"year":1999}},"negative_boost":0.1}}"#,
                "1 3"
            ),
            (#"{"query_string":{"query":"title:(fox OR bag) AND year:[2000 TO *]"}}"#, "3"),
            (#"{"query_string":{"query":"brown -paper"}}"#, "1"), (#"{"query_string":{"query":"\"brown fox\""}}"#, "1"),
            (#"{"query_string":{"query":"qui* OR bag","default_field":"title"}}"#, "1 3"),
            (#"{"query_string":{"query":"lasy~","fields":["title"]}}"#, "2"),
            (#"{"query_string":{"query":"year:>=2020"}}"#, "3 4"),
            (#"{"query_string":{"query":"brown NOT fox"}}"#, "3"),
            (#"{"query_string":{"query":"_exists_:sold"}}"#, "1 2 3"),
            (#"{"query_string":{"query":"brown bag","default_operator":"AND","fields":["title"]}}"#, "3"),
            (#"{"query_string":{"query":"*"}}"#, "1 2 3 4"), (#"{"query_string":{"query":"author.name:ann"}}"#, "1 3"),
            (#"{"simple_query_string":{"query":"brown + -paper","fields":["title"]}}"#, "1"),
            (#"{"simple_query_string":{"query":"\"paper bag\" | fox"}}"#, "1 3"),
            (#"{"simple_query_string":{"query":"bro* +bag","fields":["title"]}}"#, "3"),
            (#"{"simple_query_string":{"query":"((( AND ~ \" |"}}"#, ""),
        ])
    func kinds(query: String, ids: String) async throws {
        let door = try await Self.library()
        let found = try await door.ids("books", JSON(parsing: query.utf8))
        #expect(found.sorted().joined(separator: " ") == ids)
    }

    @Test(
        "that can't be done says so in Elasticsearch's shape, and names what it is",
        arguments: [
            (#"{"query":{"nonsense":{}}}"#, "parsing_exception", "unknown query [nonsense]"),
            (
                #"{"query":{"geo_distance":{"distance":"1km"}}}"#, "unsupported_operation_exception",
                "a [geo_distance] query"
            ),
            (#"{"query":{"function_score":{}}}"#, "unsupported_operation_exception", "built into paas"),
            (#"{"query":{"match":{"a":"x","b":"y"}}}"#, "parsing_exception", "multiple fields"),
            (#"{"query":{"match_all":{},"match_none":{}}}"#, "parsing_exception", "END_OBJECT"),
            (#"{"query":{"term":{"year":"many"}}}"#, "query_shard_exception", "[year] is of type [long]"),
            (#"{"query":{"query_string":{"query":"title:(fox"}}}"#, "query_shard_exception", "a ) is missing"),
            (#"{"query":{"query_string":{"query":"\"fox"}}}"#, "query_shard_exception", "a quote does not end"),
            (#"{"sort":"title"}"#, "illegal_argument_exception", "Please use a keyword field instead: [title]"),
            (#"{"sort":"nowhere"}"#, "query_shard_exception", "No mapping found for [nowhere]"),
            (#"{"from":9999,"size":2}"#, "illegal_argument_exception", "Result window is too large"),
            (#"{"suggest":{}}"#, "unsupported_operation_exception", "[suggest] in a search"),
            (#"{"wish":1}"#, "parsing_exception", "unknown key [wish]"),
            (#"{"aggs":{"a":{"significant_terms":{}}}}"#, "unsupported_operation_exception", "significant_terms"),
            (#"{"query":"#, "x_content_parse_exception", "it ends too early"),
        ])
    func refused(body: String, type: String, reason: String) async throws {
        let door = try await Self.library()
        let answer = await door.raw("POST", "/books/_search", Array(body.utf8))
        let json = try JSON(parsing: answer.body)
        #expect(answer.status == 400 && json.errorType == type && json["status"] == 400, "\(json.encodedText)")
        #expect(json.reason.contains(reason), "\(json.reason)")
        #expect(json["error"]?["root_cause"]?.list?.first?["type"]?.text == type)
    }

    @Test("is sorted, cut into pages and continued behind the last hit")
    func pages() async throws {
        let door = try await Self.library()
        #expect(try await door.search("books", ["sort": [["year": "desc"]]]).ids == ["4", "3", "2", "1"])
        #expect(try await door.search("books", ["sort": ["author.name.keyword"]]).ids == ["1", "3", "2", "4"])
        #expect(
            try await door.search("books", ["sort": [["author.born": ["order": "desc", "missing": "_first"]]]]).ids
                == ["4", "3", "2", "1"])
        let page = try await door.search("books", ["sort": ["price"], "from": 1, "size": 2])
        #expect(page.ids == ["1", "2"] && page.total == 4)
        #expect(page.hits.first?["_score"] == nil && page.hits.first?["sort"] == [.number("9.5")])
        let next = try await door.search("books", ["sort": ["price"], "size": 2, "search_after": [12.25]])
        #expect(next.ids == ["4"])
        let none = try await door.search("books", ["size": 0, "track_total_hits": false])
        #expect(none.hits.isEmpty && none["hits"]?["total"] == nil)
        let some = try await door.search("books", ["track_total_hits": 2])
        #expect(some["hits"]?["total"] == ["value": 2, "relation": "gte"])
        #expect(try await door.send("GET", "/books/_search?q=title:brown&size=1&sort=year:desc").json.ids == ["3"])
        #expect(try await door.send("GET", "/books/_search?rest_total_hits_as_int=true").json["hits"]?["total"] == 4)
        #expect(
            try await door.send("POST", "/books/_count", ["query": ["match": ["title": "brown"]]]).json["count"] == 2)
    }

    @Test("of all documents is read page by page")
    func scroll() async throws {
        let door = try await Self.library()
        let first = try await door.send("POST", "/books/_search?scroll=1m", ["size": 3, "sort": ["_doc"]]).json
        let id = try #require(first["_scroll_id"])
        #expect(first.ids == ["1", "2", "3"])
        #expect(try await door.send("POST", "/_search/scroll", ["scroll": "1m", "scroll_id": id]).json.ids == ["4"])
        #expect(try await door.send("POST", "/_search/scroll", ["scroll_id": id]).json.ids.isEmpty)
        #expect(try await door.send("DELETE", "/_search/scroll", ["scroll_id": [id]]).json["num_freed"] == 1)
        #expect(
            try await door.send("POST", "/_search/scroll", ["scroll_id": id]).json.errorType
                == "search_context_missing_exception")
    }

    @Test("over several indexes asks those that its path names")
    func indexes() async throws {
        let door = try await Self.library()
        try await door.put("films", ["title": "The brown bunny"])
        #expect(try await door.search("books,films", ["query": ["match": ["title": "brown"]]]).total == 3)
        #expect(try await door.search("*", [:]).total == 5)
        #expect(try await door.search("_all", [:]).total == 5)
        #expect(try await door.search("b*", [:]).total == 4)
        let missing = try await door.send("POST", "/books,nowhere/_search")
        #expect(missing.status == 404 && missing.json.errorType == "index_not_found_exception")
        #expect(missing.json.reason == "no such index [nowhere]")
        #expect(try await door.send("POST", "/books,nowhere/_search?ignore_unavailable=true").json.total == 4)
        let lines = "{\"index\":\"films\"}\n{\"query\":{\"match_all\":{}}}\n{\"index\":\"nowhere\"}\n{}\n"
        let several = try JSON(parsing: await door.raw("POST", "/_msearch", Array(lines.utf8)).body)
        #expect(several["responses"]?.list?.first?.total == 1)
        #expect(several["responses"]?.list?.last?["status"] == 404)
    }

    @Test("shows the parts of documents that it is asked for")
    func source() async throws {
        let door = try await Self.library()
        let one: JSON = ["ids": ["values": ["1"]]]
        func shown(_ filter: JSON) async throws -> String? {
            try await door.search("books", ["query": one, "_source": filter]).hits.first?["_source"]?.encodedText
        }
        #expect(try await shown(false) == nil)
        #expect(try await shown("year") == #"{"year":1999}"#)
        #expect(try await shown(["author.name", "pri*"]) == #"{"price":9.5,"author":{"name":"Ann Lee"}}"#)
        #expect(try await shown(["excludes": ["author", "t*"]]) == #"{"year":1999,"price":9.5,"sold":true}"#)
        let get = try await door.send("GET", "/books/_doc/1?_source_includes=year").json
        #expect(get["_source"] == ["year": 1999])
        #expect(try await door.send("GET", "/books/_source/1?_source=sold").json == ["sold": true])
    }

    @Test("marks what it has found, in fragments or in the whole text")
    func highlight() async throws {
        let door = try SearchDoor()
        try await door.send(
            "PUT", "/a", ["mappings": ["properties": ["en": ["type": "text", "analyzer": "english"]]]])
        let long = "One fox. Two foxes & a Fox! \(String(repeating: "Much text follows. ", count: 20))The last fox."
        try await door.put("a", ["t": .text(long), "en": "Running runners run"])
        func marked(_ query: JSON, _ highlight: JSON) async throws -> JSON? {
            try await door.search("a", ["query": query, "highlight": highlight]).hits.first?["highlight"]
        }
        let query: JSON = ["match": ["t": "fox"]]
        let parts = try await marked(query, ["fields": ["t": [:]]])?["t"]?.list?.compactMap(\.text) ?? []
        #expect(parts.count == 2 && parts[0].hasPrefix("One <em>fox</em>. Two foxes & a <em>Fox</em>!"), "\(parts)")
        #expect(parts.last?.hasSuffix("The last <em>fox</em>.") == true, "\(parts)")
        let whole = try await marked(
            query, ["pre_tags": ["["], "post_tags": ["]"], "fields": ["t": ["number_of_fragments": 0]]])
        #expect(whole?["t"]?.list?.first?.text?.hasPrefix("One [fox]. Two foxes & a [Fox]! Much") == true)
        #expect(
            try await marked(["match": ["en": "run"]], ["fields": ["*": [:]]]) == [
                "en": ["<em>Running</em> runners <em>run</em>"]
            ])
        #expect(
            try await marked(["prefix": ["t": "foxe"]], ["fields": ["t": ["fragment_size": 20]]])?["t"]?.list?.first?
                .text?.contains("<em>foxes</em>") == true)
        #expect(try await marked(["match_all": [:]], ["fields": ["t": [:]]]) == nil)
    }

    @Test("counts in aggregations")
    func aggregations() async throws {
        let door = try await Self.library()
        let body = """
            {"size":0,"aggs":{"tags":{"terms":{"field":"tags.keyword"},"aggs":{"mean":{"avg":{"field":"price"}}}},
            "years":{"stats":{"field":"year"}},"kinds":{"cardinality":{"field":"tags.keyword"}},
            "cheap":{"filter":{"range":{"price":{"lt":10}}}},"prices":{"range":{"field":"price","ranges":[{"to":10},{"from":10}]}},
            "tens":{"histogram":{"field":"price","interval":10}},
            "born":{"date_histogram":{"field":"author.born","calendar_interval":"year","min_doc_count":1}}}}
            """
        let found = try await door.search("books", JSON(parsing: body.utf8))
        let sums = try #require(found["aggregations"])
        #expect(found.hits.isEmpty && found.total == 4)
        #expect(sums["tags"]?["buckets"]?.list?.first == ["key": "animal", "doc_count": 2, "mean": ["value": 10.875]])
        #expect(sums["years"] == ["count": 4, "min": 1999.0, "max": 2021.0, "avg": 2011.25, "sum": 8045.0])
        #expect(sums["kinds"]?["value"] == 3 && sums["cheap"]?["doc_count"] == 2)
        #expect(sums["prices"]?["buckets"]?.list?.map { $0["doc_count"] } == [2, 2])
        #expect(sums["tens"]?["buckets"]?.list?.map { $0["doc_count"] } == [2, 1, 1])
        #expect(sums["born"]?["buckets"]?.list?.first?["key_as_string"] == "1960-01-01T00:00:00.000Z")
        let text = try await door.send("POST", "/books/_search", ["aggs": ["a": ["terms": ["field": "title"]]]])
        #expect(text.status == 400 && text.json.reason.contains("[title]"))
    }
}
