import TestSupport
import Testing

extension EndToEnd {
    @Suite("An add-on of memcachier, jawsdb, cleardb or cloudamqp")
    struct DataServiceTests {
        @Test("serves real clients in dynos, keeps what it is given, and is gone when it is", .timeLimit(.minutes(8)))
        func life() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("store", on: platform, files: Self.files)
                try await app.push().orThrow()
                let memcachier = try await app.paas("addons:create", "memcachier:dev").orThrow()
                #expect(
                    memcachier.output.contains("MEMCACHIER_PASSWORD, MEMCACHIER_SERVERS, MEMCACHIER_USERNAME"),
                    "\(memcachier)")
                let jawsdb = try await app.paas("addons:create", "jawsdb:kitefin", "--version=8.0").orThrow()
                #expect(jawsdb.output.contains("MySQL is MariaDB here"), "\(jawsdb)")
                for plan in ["jawsdb-maria:kitefin", "cleardb:ignite", "cloudamqp:lemur"] {
                    try await app.paas("addons:create", plan).orThrow()
                }
                let config = try await app.paas("config").output
                #expect(config.contains(/CLEARDB_DATABASE_URL: +mysql:\/\/\S+\?reconnect=true/), "\(config)")
                #expect(config.contains(/CLOUDAMQP_APIKEY: +[0-9a-f]{8}-/), "\(config)")
                let used = try await app.paas("run", "python", "use.py", "write").orThrow()
                #expect(used.output.contains(Self.all), "\(used)")

                // Each of them has an own password, and nobody else's data.
                let other = try await TestApp("other", on: platform, files: ["README": ""])
                for service in ["jawsdb", "cloudamqp", "memcachier"] {
                    try await other.paas("addons:create", service).orThrow()
                }
                var theirs: [String] = []
                for name in ["JAWSDB_URL", "CLOUDAMQP_URL", "MEMCACHIER_SERVERS"] {
                    theirs.append("\(try await other.paas("config:get", name).output.dropLast())")
                }
                let refused = try await platform.run(["paas", "run", "python", "refused.py"] + theirs, in: app.folder)
                #expect(refused.output.contains("all refused"), "\(refused)")
                let secrets = try await app.paas("config").output
                    .matches(of: /:([0-9a-f]{32})@|PASSWORD: +([0-9a-f]{32})/)
                    .compactMap { ($0.1 ?? $0.2).map(String.init) }
                #expect(secrets.count == 5)
                let seen = try await platform.run(
                    ["python3", "-c", Self.inArguments], input: secrets.joined(separator: "\n"))
                #expect(seen.output == "[]\n", "\(seen)")

                // RabbitMQ has one port, on loopback, and no epmd.
                let amqp = try #require(config.firstMatch(of: /amqp:\/\/\S+:(\d+)\//)).1
                let ports = try await platform.shell(
                    "p=$(ss -Hlntp \"sport = :$1\" | grep -o 'pid=[0-9]*'); ss -Hlntp | grep \"$p,\" | awk '{ print $4 }'",
                    "\(amqp)")
                #expect(ports.output == "127.0.0.1:\(amqp)\n", "\(ports)")

                try await Self.survives(app)
                try await Self.changes(app)

                for service in ["memcachier", "jawsdb", "jawsdb-maria", "cleardb", "cloudamqp"] {
                    try await app.paas("addons:destroy", service, "--confirm", "store").orThrow()
                }
                try await other.paas("apps:destroy", "--confirm", "other").orThrow()
                #expect(try await Self.left(platform) == "")
                #expect(try await app.paas("config").output.contains("://") == false)
            }
        }

        /// Whoever is killed, and over a stop, what is in databases and queues stays; a cache may be empty.
        private static func survives(_ app: TestApp) async throws {
            let platform = app.platform
            platform.kill(.daemon)
            let adopted = try await app.paas("run", "python", "use.py", "read").orThrow()
            #expect(adopted.output.contains(all), "\(adopted)")
            for name in ["MEMCACHIER_SERVERS", "JAWSDB_URL", "CLOUDAMQP_URL"] {
                let value = try await app.paas("config:get", name).output
                let port = try #require(value.firstMatch(of: /127\.0\.0\.1:(\d+)/)).1
                try await platform.shell(
                    "kill -9 $(ss -Hlntp \"sport = :$1\" | grep -o 'pid=[0-9]*' | head -1 | cut -d= -f2)", "\(port)"
                ).orThrow()
            }
            #expect(
                try await eventually {
                    try await app.paas("run", "python", "use.py", "read").output.contains("\(kept)")
                })
            try await platform.paas("down").orThrow()
            try await platform.paas("up", "--port", "\(platform.port)").orThrow()
            let again = try await app.paas("run", "python", "use.py", "read").orThrow()
            #expect(again.output.contains(kept), "\(again)")
        }

        /// Plans, and what the commands say of them.
        private static func changes(_ app: TestApp) async throws {
            for (service, plan) in [("memcachier", "100"), ("jawsdb", "leopard"), ("cloudamqp", "tiger")] {
                let changed = try await app.paas("addons:upgrade", "\(service):\(plan)").orThrow()
                #expect(changed.errors.contains("to \(service):\(plan)... done, free"), "\(changed)")
                let info = try await app.paas("addons:info", service).orThrow()
                #expect(info.output.contains("\(service):\(plan)") && info.output.contains("created"), "\(info)")
            }
            let used = try await app.paas("run", "python", "use.py", "read").orThrow()
            #expect(used.output.contains(kept), "\(used)")
            let plans = try await app.paas("addons:plans", "cloudamqp").orThrow()
            #expect(plans.output.contains(/default +cloudamqp:lemur +Little Lemur +free/), "\(plans)")
            let page = try await app.paas("addons:open", "cloudamqp")
            #expect(
                page.errors.contains("has no page to open: RabbitMQ runs here without its management pages."),
                "\(page)")
            #expect(page.errors.contains("paas config:get CLOUDAMQP_URL -a store"), "\(page)")
            let option = try await app.paas("addons:create", "cleardb", "--fork=x")
            #expect(!option.succeeded && option.errors.contains("cleardb has no option --fork here"), "\(option)")
        }

        @Test("is whole or not there when the daemon was killed while it was made or ended", .timeLimit(.minutes(8)))
        func killed() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("victim", on: platform, files: ["README": ""])
                let services = ["memcachier", "jawsdb", "cloudamqp"]
                // The first start of each server takes longer: the daemon dies in the middle of that, too.
                for (round, pauses) in [[200, 400, 1500], [15, 40, 25], [80, 15, 60]].enumerated() {
                    for (service, pause) in zip(services, pauses) {
                        async let creating = app.paas("addons:create", service, "--as", "R\(round)")
                        try await Task.sleep(for: .milliseconds(pause))
                        platform.kill(.daemon)
                        _ = try await creating
                        try await Self.checkWhole(app)
                        guard try await Self.names(app).contains("R\(round)") else { continue }
                        async let ending = app.paas("addons:destroy", "R\(round)", "--confirm", "victim")
                        try await Task.sleep(for: .milliseconds(pause))
                        platform.kill(.daemon)
                        _ = try await ending
                        try await Self.checkWhole(app)
                    }
                    // From here on the servers have somebody to run for.
                    guard round == 0 else { continue }
                    for service in services {
                        try await app.paas("addons:create", service, "--as", service.uppercased()).orThrow()
                    }
                }
                for name in try await Self.names(app) {
                    try await app.paas("addons:destroy", name, "--confirm", "victim").orThrow()
                }
                #expect(try await Self.left(platform) == "")
            }
        }

        @Test("of an ordinary user runs as that user, at every level", .timeLimit(.minutes(8)), arguments: [nil, "L3"])
        func levels(level: String?) async throws {
            try await Account.with { account in
                try await TestPlatform.with(account: account, level: level) { platform in
                    let app = try await TestApp("plain", on: platform, files: ["README": ""])
                    for service in ["memcachier", "jawsdb", "cloudamqp"] {
                        try await app.paas("addons:create", service).orThrow()
                    }
                    let owners = try await platform.shell("stat -c '%u %a' home/addons/{memcached,mariadb,rabbitmq}")
                    #expect(owners.output == String(repeating: "\(account.uid) 700\n", count: 3), "\(owners)")
                    for service in ["memcachier", "jawsdb", "cloudamqp"] {
                        try await app.paas("addons:destroy", service, "--confirm", "plain").orThrow()
                    }
                    #expect(try await Self.left(platform) == "")
                }
            }
        }

        // MARK: What is there

        private static func names(_ app: TestApp) async throws -> [String] {
            try await app.paas("addons").output.matches(of: /as ([A-Z0-9]+)/).map { String($0.1) }
        }

        /// The servers have what the list shows, and nothing else; so have the config vars.
        private static func checkWhole(_ app: TestApp) async throws {
            let names = try await names(app)
            let keys = try await app.paas("config").output.matches(of: /([A-Z0-9]+)_(?:URL|SERVERS):/)
            #expect(keys.map { String($0.1) }.sorted() == names.sorted())
            let left = try await left(app.platform).split(separator: "\n")
            #expect(left.count == names.count, "\(left), \(names)")
        }

        /// All that servers have for add-ons: folders of memcached's, databases, virtual hosts.
        private static func left(_ platform: TestPlatform) async throws -> String {
            let line = """
                ls home/addons/memcached 2>/dev/null | grep memcached-
                ls home/addons/mariadb/data 2>/dev/null | grep -x 'd[0-9a-f]*'
                [ ! -e home/addons/rabbitmq/served ] || (cd home/addons/rabbitmq && python3 -c "$1")
                true
                """
            let hosts = """
                import socket, struct
                door = socket.socket(socket.AF_UNIX)
                door.connect("control")
                text = b"string:join([binary_to_list(V) || V <- rabbit_vhost:list_names(), V =/= <<$/>>], [10])."
                door.sendall(struct.pack(">I", len(text)) + text)
                print(door.recv(65536)[4:].decode().strip('"[]').replace("\\\\n", "\\n"))
                """
            return try await platform.shell(line, hosts).orThrow().output.split(separator: "\n").joined(separator: "\n")
        }

        // MARK: The app

        /// What ``files`` print where everything is as it was left.
        private static let all = "cache hello\n\(kept)"
        private static let kept =
            "JAWSDB_URL [1]\nJAWSDB_MARIA_URL [1]\nCLEARDB_DATABASE_URL [1]\nCLOUDAMQP_URL b'work'\n"

        /// Prints the arguments of this machine's processes that have one of the secrets.
        private static let inArguments = """
            import glob, sys

            secrets, found = sys.stdin.read().split(), []
            for path in glob.glob("/proc/[0-9]*/cmdline"):
                try:
                    text = open(path, errors="replace").read()
                except OSError:
                    continue
                found += [text for secret in secrets if secret in text]
            print(found)
            """

        private static let files = [
            "requirements.txt": "python-binary-memcached\nPyMySQL\npika\n",
            "Procfile": "idle: sleep 1\n",
            "services.py": """
            import os, urllib.parse
            import bmemcached, pika, pymysql

            def cache(servers=None, password=None):
                get = os.environ.get
                return bmemcached.Client(
                    (servers or get("MEMCACHIER_SERVERS"),), get("MEMCACHIER_USERNAME"),
                    password or get("MEMCACHIER_PASSWORD"))

            def database(url):
                parts = urllib.parse.urlparse(url)
                return pymysql.connect(
                    host=parts.hostname, port=parts.port, user=parts.username, password=parts.password,
                    database=parts.path[1:], autocommit=True)

            def broker(url):
                return pika.BlockingConnection(pika.URLParameters(url))

            """,
            "use.py": """
            import os, sys
            from services import *

            writes = sys.argv[1] == "write"
            if writes:
                cache().set("greeting", "hello")
            print("cache", cache().get("greeting"))
            for name in ["JAWSDB_URL", "JAWSDB_MARIA_URL", "CLEARDB_DATABASE_URL"]:
                cursor = database(os.environ[name]).cursor()
                if writes:
                    cursor.execute("CREATE TABLE visits (n INT)")
                    cursor.execute("INSERT INTO visits VALUES (1)")
                cursor.execute("SELECT n FROM visits")
                print(name, [n for (n,) in cursor.fetchall()])
            channel = broker(os.environ["CLOUDAMQP_URL"]).channel()
            if writes:
                channel.queue_declare("jobs", durable=True)
                channel.confirm_delivery()
                channel.basic_publish("", "jobs", b"work", pika.BasicProperties(delivery_mode=2))
            print("CLOUDAMQP_URL", channel.basic_get("jobs", auto_ack=False)[2])

            """,
            "refused.py": """
            import os, sys
            from services import *

            def refuses(what, call):
                try:
                    print(what, "let in", call())
                    sys.exit(1)
                except (pymysql.Error, pika.exceptions.AMQPError, bmemcached.exceptions.MemcachedException) as error:
                    print(what, repr(error))

            def elsewhere(mine, theirs):
                return mine[:mine.rindex("/")] + theirs[theirs.rindex("/"):]

            def wrong(url):
                parts = urllib.parse.urlparse(url)
                return url.replace(parts.password, "wrong")

            sql, amqp, servers = sys.argv[1:4]
            mine, queue = os.environ["JAWSDB_URL"], os.environ["CLOUDAMQP_URL"]
            refuses("another's database", lambda: database(elsewhere(mine, sql)))
            refuses("a wrong password", lambda: database(wrong(mine)))
            refuses("root", lambda: database(mine.replace(urllib.parse.urlparse(mine).netloc.split("@")[0], "root:")))
            refuses("another's virtual host", lambda: broker(elsewhere(queue, amqp)))
            refuses("a wrong password", lambda: broker(wrong(queue)))
            refuses("guest", lambda: broker("amqp://guest:guest@" + queue.split("@")[1]))
            refuses("another's cache", lambda: cache(servers).set("a", "b"))
            refuses("a wrong password", lambda: cache(password="wrong").set("a", "b"))
            names = database(mine).cursor()
            names.execute("SHOW DATABASES")
            assert sorted(n for (n,) in names.fetchall()) == sorted(["information_schema", mine[mine.rindex("/") + 1:]])
            print("all refused")

            """,
        ]
    }
}
