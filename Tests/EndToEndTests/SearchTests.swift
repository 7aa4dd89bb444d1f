import TestSupport
import Testing

extension EndToEnd {
    @Suite("A search server of searchbox or bonsai")
    struct SearchTests {
        /// What a blog does with the official client, of version 7 as of version 8.
        private static let blog = """
            import os, sys
            from elasticsearch import Elasticsearch, NotFoundError, __version__
            from elasticsearch.helpers import bulk, scan

            es = Elasticsearch([os.environ["SEARCHBOX_URL"]])
            posts = ["the first post", "a second post about searching", "nothing of that"]
            for number, body in enumerate(posts, 1):
                es.index(index="post", id=number, document={"body": body})
            found = es.search(
                index="post", query={"multi_match": {"query": "second post", "fields": ["*"]}}, from_=0, size=25)
            print("ids", [int(hit["_id"]) for hit in found["hits"]["hits"]], "of", found["hits"]["total"]["value"])
            es.delete(index="post", id=1)
            try:
                es.delete(index="post", id=1)
            except NotFoundError as error:
                print("gone", error.status_code if __version__[0] == 7 else error.meta.status)
            try:
                es.search(index="nowhere", query={"match_all": {}})
            except NotFoundError as error:
                print("missing", error.error)
            try:
                es.search(index="post", query={"geo_distance": {"distance": "1km"}})
            except Exception as error:
                print("refused", "built into paas" in str(error))
            documents = ({"_index": "many", "_id": n, "_source": {"n": n, "t": f"word{n % 7} x"}} for n in range(1000))
            print("bulk", bulk(es, documents), es.count(index="many")["count"])
            print("scan", sum(1 for _ in scan(es, index="many", query={"query": {"match": {"t": "word3"}}})))
            es.update(index="many", id=5, doc={"t": "changed"})
            print("get", es.get(index="many", id=5)["_source"]["t"], es.exists(index="many", id=5000))
            ids = {"ids": [1, 2]} if __version__[0] > 7 else {"body": {"ids": [1, 2]}}
            print("mget", len(es.mget(index="many", **ids)["docs"]))
            print("marked", es.search(
                index="many", query={"match": {"t": "changed"}}, highlight={"fields": {"t": {}}},
                sort=[{"n": "asc"}])["hits"]["hits"][0]["highlight"]["t"])
            es.indices.create(index="typed", mappings={"properties": {"at": {"type": "date"}}})
            es.indices.refresh(index="typed")
            print("indexes", sorted(es.indices.get(index="*")), bool(es.indices.exists(index="typed")))
            print("cat", len(es.cat.indices(format="json")), es.cluster.health()["status"], es.info()["tagline"])
            es.indices.delete(index="typed,many")
            print("version", __version__[0])

            """

        /// What it prints.
        private static let answers = [
            "ids [2, 1] of 2", "gone 404", "missing index_not_found_exception", "refused True", "bulk (1000, []) 1000",
            "scan 143", "get changed False", "mget 2", "marked ['<em>changed</em>']",
            "indexes ['many', 'post', 'typed'] True", "cat 3 green You Know, for Search",
        ]

        @Test("answers the official Python clients of versions 7 and 8 as a blog uses them", .timeLimit(.minutes(5)))
        func clients() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp(
                    "blog", on: platform,
                    files: AppFiles.python("blog").merging([
                        "requirements.txt": "elasticsearch>=8,<9\n", "blog.py": Self.blog,
                    ]) { $1 })
                try await app.push().orThrow()
                let created = try await app.paas("addons:create", "searchbox:starter").orThrow()
                #expect(created.output.contains("SEARCHBOX_SSL_URL, SEARCHBOX_URL"), "\(created)")
                let inDyno = try await app.paas("run", "python", "blog.py")
                for line in Self.answers + ["version 8"] { #expect(inDyno.output.contains(line + "\n"), "\(inDyno)") }

                let url = String(try await app.paas("config:get", "SEARCHBOX_URL").output.dropLast())
                try await platform.shell(
                    "python3 -m venv --without-pip old && python3 -m venv pips && pips/bin/pip -q --python old/bin/python install 'elasticsearch>=7.14,<8'"
                ).orThrow()
                let outside = try await platform.shell(
                    "SEARCHBOX_URL=$1 old/bin/python -W ignore $2/blog.py", url, app.folder)
                for line in Self.answers + ["version 7"] { #expect(outside.output.contains(line + "\n"), "\(outside)") }

                let info = try await app.paas("addons:info", "searchbox").orThrow().output
                #expect(info.contains(/Search server: +http:\/\/127\.0\.0\.1:\d+/), "\(info)")
                #expect(
                    try await app.paas("addons:open", "searchbox", "--show-url").output == url + "/_cat/indices?v\n")
            }
        }

        @Test(
            "keeps its documents, whoever is killed, until its add-on is destroyed; a bulk of 200 MB harms nothing",
            .timeLimit(.minutes(3)))
        func life() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("shelf", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "bonsai:sandbox").orThrow()
                let url = String(try await app.paas("config:get", "BONSAI_URL").output.dropLast())
                #expect(url.contains(/^http:\/\/paas:[0-9a-f]{40}@127\.0\.0\.1:\d+$/), "\(url)")
                let put = #"curl -sf -XPUT "$1/a/_doc/1" -H 'Content-Type: application/json' -d '{"t":"kept"}'"#
                try await platform.shell(put, url).orThrow()
                let find = #"curl -s "$1/a/_search?q=kept" | grep -c '"_id":"1"'"#

                platform.kill(.everything)
                try await app.paas("ps").orThrow()
                #expect(try await eventually { try await platform.shell(find, url).output == "1\n" })
                try await platform.paas("down").orThrow()
                #expect(try await !platform.shell("curl -sf $1", url).succeeded)
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                #expect(try await platform.shell(find, url).output == "1\n")

                let big = try await platform.shell(
                    "head -c 200M /dev/zero | curl -s -m 60 -XPOST \"$1/_bulk\" -H 'Content-Type: application/json' -H 'Expect:' --data-binary @- -w '%{http_code}'",
                    url)
                #expect(big.output.contains("content_too_long_exception") && big.output.hasSuffix("413"), "\(big)")
                let stranger = try await platform.shell("curl -s -m 10 \"http://127.0.0.1:${1##*:}/a/_search\"", url)
                #expect(stranger.output.contains(#""type":"security_exception""#), "\(stranger)")
                #expect(try await platform.shell(find, url).output == "1\n")

                #expect(try await platform.shell("stat -c %a home/addons/search/*").output == "700\n")
                try await app.paas("addons:upgrade", "bonsai", "bonsai:standard-sm").orThrow()
                #expect(try await platform.shell(find, url).output == "1\n")
                try await app.paas("addons:destroy", "bonsai", "--confirm", "shelf").orThrow()
                #expect(try await platform.shell("ls home/addons/search").output.isEmpty)
                #expect(try await !platform.shell("curl -sf $1", url).succeeded)
            }
        }

        @Test("is each app's own, and another add-on's password does not open it", .timeLimit(.minutes(3)))
        func apart() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("one", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "searchbox").orThrow()
                try await app.paas("addons:create", "bonsai", "--", "--engine=opensearch", "--version=2.6").orThrow()
                let (one, two) = try await (
                    app.paas("config:get", "SEARCHBOX_URL").output.dropLast(),
                    app.paas("config:get", "BONSAI_URL").output.dropLast()
                )
                try await platform.shell("curl -sf -XPUT $1/mine", String(one)).orThrow()
                #expect(try await platform.shell("curl -sf $1/_cat/indices", String(two)).output.isEmpty)
                let mixed = try await platform.shell("curl -s ${1%@*}@${2##*@}/", String(one), String(two))
                #expect(mixed.output.contains(#""status":401"#), "\(mixed)")
                let refused = try await app.paas("addons:create", "searchbox", "--", "--engine=opensearch")
                #expect(!refused.succeeded && refused.errors.contains("searchbox has no option --engine"), "\(refused)")
            }
        }

        @Test("is whole or not there when the daemon was killed while it was made or ended", .timeLimit(.minutes(5)))
        func killed() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("victim", on: platform, files: ["README": ""])
                for pause in [10, 40, 80, 140, 220] {
                    async let creating = app.paas("addons:create", "searchbox", "--as", "S\(pause)")
                    try await Task.sleep(for: .milliseconds(pause))
                    platform.kill(.daemon)
                    _ = try await creating
                    try await Self.checkWhole(app, platform)
                }
                let names = try await app.paas("addons").output.matches(of: /as (S\d+)/).map { String($0.1) }
                for (index, name) in names.enumerated() {
                    async let ending = app.paas("addons:destroy", name, "--confirm", "victim")
                    try await Task.sleep(for: .milliseconds(20 + 40 * index))
                    platform.kill(.daemon)
                    _ = try await ending
                    try await Self.checkWhole(app, platform)
                }
                for name in try await app.paas("addons").output.matches(of: /as (S\d+)/).map({ String($0.1) }) {
                    try await app.paas("addons:destroy", name, "--confirm", "victim").orThrow()
                }
                #expect(try await platform.shell("ls home/addons/search").output.isEmpty)
            }
        }

        @Test("of an ordinary user runs as that user, and of a sandbox without overlays, too", .timeLimit(.minutes(3)))
        func levels() async throws {
            try await Account.with { account in
                for level in [nil, "L3"] {
                    try await TestPlatform.with(account: account, level: level) { platform in
                        let app = try await TestApp("plain", on: platform, files: ["README": ""])
                        try await app.paas("addons:create", "searchbox").orThrow()
                        let url = String(try await app.paas("config:get", "SEARCHBOX_URL").output.dropLast())
                        #expect(try await platform.shell("curl -sf $1", url).output.contains("You Know, for Search"))
                        let owner = try await platform.shell("stat -c %u home/addons/search/*/data/search.db").output
                        #expect(owner == "\(account.uid)\n")
                    }
                }
            }
        }

        /// What the list shows answers, and has its config vars; and none is there without it.
        private static func checkWhole(_ app: TestApp, _ platform: TestPlatform) async throws {
            let names = try await app.paas("addons").output.matches(of: /as ([A-Z0-9]+)/).map { String($0.1) }
            for name in names {
                let url = String(try await app.paas("config:get", "\(name)_URL").output.dropLast())
                #expect(try await eventually { try await platform.shell("curl -sf $1", url).succeeded }, "\(name)")
            }
            let keys = try await app.paas("config").output.matches(of: /([A-Z0-9_]+)_URL:/).map { String($0.1) }
            #expect(Set(keys) == Set(names.flatMap { [$0, "\($0)_SSL"] }))
            let folders = try await platform.shell("ls home/addons/search").output.split(separator: "\n").count
            #expect(folders == names.count)
        }
    }
}
