import TestSupport
import Testing

extension EndToEnd {
    @Suite("The tutorial of a chat bot")
    struct ChatbotTests {
        @Test(
            "a worker with a secret of config:set answers, the log shows it, and both sleep until the webhook wakes them",
            .timeLimit(.minutes(10)))
        func commands() async throws {
            try await TestPlatform.with { platform in
                let messenger = try await Messenger(on: platform)
                let app = try await TestApp(example: "chatbot", on: platform)
                try await app.paas(
                    "config:set", "BOT_TOKEN=\(Messenger.token)", "MESSENGER_URL=\(messenger.url)",
                    "WEBHOOK_SECRET=between-us"
                ).orThrow()
                try await app.push().orThrow()
                #expect(try await app.paas("ps").output.contains("worker") == false, "workers start with none")
                try await app.paas("ps:scale", "worker=1").orThrow()
                let tail = try platform.command(
                    ["paas", "logs", "--tail", "--process-type", "worker"], in: app.folder
                ).start()
                try await tail.says("app[worker.1]: Waiting for messages")
                try await messenger.say("Good morning")
                #expect(try await messenger.heard(1) == "You said: Good morning")
                try await tail.says("app[worker.1]: Answered in chat 7")
                let log = try await app.paas("logs", "-n", "1000").output
                #expect(!log.contains(Messenger.token) && !log.contains("between-us"), "a secret is in the log")

                // Eco dynos, which sleep when nobody asks: the worker, too.
                try await app.paas("ps:sleep", "--after", "1s").orThrow()
                try await app.paas("ps:scale", "web=1:eco", "worker=1:eco").orThrow()
                try await tail.says("heroku[worker.1]: Idling")
                while try await !app.paas("ps:sleep").orThrow().output.contains("is asleep") {}
                // Once awake it is to stay so, however long this machine takes to start the worker.
                try await app.paas("ps:sleep", "--after", "30m").orThrow()
                try await messenger.say("Anybody there?")
                let update = "{\"update_id\": 9, \"message\": {\"chat\": {\"id\": 7}, \"text\": \"Wake up\"}}"
                let body = ["-H", "Content-Type: application/json", "-d", update]
                let secret = ["-H", "X-Telegram-Bot-Api-Secret-Token: between-us"]
                #expect(try await app.post("/webhook", body) == "403")
                #expect(try await app.post("/webhook", body + secret) == "204")
                try await tail.says("heroku[worker.1]: Unidling")
                let answers = [try await messenger.heard(2), try await messenger.heard(3)]
                #expect(answers.compactMap { $0 }.sorted() == ["You said: Anybody there?", "You said: Wake up"])
                try await tail.interrupt()
                try await messenger.close()
            }
        }
    }
}

/// A messenger on loopback, with as much of Telegram's API as a bot needs, and two calls of the test's own.
private struct Messenger {
    static let token = "123456:only-for-this-test"

    let url: String
    private let platform: TestPlatform
    private let server: RunningCommand

    init(on platform: TestPlatform) async throws {
        let port = try FreePort.find()
        url = "http://127.0.0.1:\(port)"
        self.platform = platform
        server = try platform.command(["python3", "-c", Self.program, "\(port)", Self.token]).start()
        try await server.says("ready")
    }

    /// Somebody says something in chat 7.
    func say(_ text: String) async throws { _ = try await call("say", "{\"text\": \"\(text)\"}") }

    /// What the bot said as its answer of that number; waits for it.
    func heard(_ number: Int) async throws -> String? {
        try await call("heard", "{\"number\": \(number)}").jsonField("result")
    }

    func close() async throws { try await server.interrupt() }

    private func call(_ method: String, _ body: String) async throws -> String {
        try await platform.run(["curl", "-sS", "--fail", "-d", body, "\(url)/bot\(Self.token)/\(method)"]).orThrow()
            .output
    }

    private static let program = """
        import http.server, itertools, json, sys, threading

        changed, numbers, updates, sent = threading.Condition(), itertools.count(1), [], []

        def take(method, fields):
            with changed:
                if method == "say":
                    updates.append({"update_id": next(numbers), "message": {"chat": {"id": 7}, **fields}})
                    changed.notify_all()
                if method == "sendMessage" and fields["chat_id"] == 7:
                    sent.append(fields["text"])
                    changed.notify_all()
                if method == "heard":
                    changed.wait_for(lambda: len(sent) >= fields["number"], 60)
                    return sent[fields["number"] - 1]
                if method == "getUpdates":
                    # Whoever asks for what comes after an update has got that one: it is told no more.
                    updates[:] = [update for update in updates if update["update_id"] >= fields["offset"]]
                    changed.wait_for(lambda: updates, fields["timeout"])
                    return list(updates)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                _, token, method = self.path.split("/")
                known = token == "bot" + sys.argv[2]
                body = json.dumps({"ok": known, "result": take(method, fields) if known else None}).encode()
                self.send_response(200 if known else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
        print("ready", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass

        """
}
