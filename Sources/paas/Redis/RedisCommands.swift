import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let redisInfo = Command(
        "redis:info", aliases: ["redis"], abstract: "gets information about redis", flags: [.app, .remote, .json],
        operands: [.store], examples: ["paas redis:info"]
    ) { invocation in
        let terminal = invocation.terminal
        var (platform, app, attachments) = try await StoreChoice.all(invocation)
        if let name = invocation.operands.first {
            attachments = try await platform.resolveAttachments(name, app: app.name, service: "heroku-redis")
        }
        guard !attachments.isEmpty else { return terminal.print("No Redis instances found.") }
        var seen: Set<String> = []
        var documents: [KeyValueStoreResource] = []
        for attachment in attachments where seen.insert(attachment.addon.id).inserted {
            let store = try await platform.store(attachment.addon.id)
            documents.append(store)
            if invocation.has(.json) { continue }
            let keys = attachments.filter { $0.addon.id == attachment.addon.id }.flatMap(\.configVars)
            terminal.header("\(store.name) (\(keys.joined(separator: ", ")))")
            terminal.object(store.info.map { ($0.name, $0.values) })
        }
        if invocation.has(.json) { terminal.json(try WireJSON.encode(documents)) }
    }

    static let redisCLI = Command(
        "redis:cli", abstract: "opens a redis prompt", flags: [.app, .remote, .confirm], operands: [.store],
        examples: ["paas redis:cli --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let store = try await StoreChoice(invocation.operands.first, invocation)
        guard let program = MachineProgram.path(of: "redis-cli") ?? MachineProgram.path(of: "valkey-cli") else {
            throw Failure(
                "redis-cli is not installed.", mend: ["sudo apt-get install redis-tools", "brew install redis"])
        }
        try terminal.confirmDestruction(
            of: store.app.name, confirmation: invocation[.confirm],
            warning: "WARNING: Insecure action.\nAll data, including the Redis password, will not be encrypted.")
        terminal.note("Connecting to \(store.title):")
        let url = try await store.url()
        var environment = Environment.all
        // Not as an argument: those are anybody's to read.
        let (password, host, port) = parts(url)
        environment["REDISCLI_AUTH"] = password
        throw Subprocess.become(program, arguments: ["-h", host, "-p", port], environment: environment)
    }

    /// `redis://:PASSWORD@HOST:PORT`
    private static func parts(_ url: String) -> (password: String, host: String, port: String) {
        let halves = url.split(separator: "@")
        let password = halves.first?.split(separator: ":").last ?? ""
        let place = halves.last?.split(separator: ":") ?? []
        return (String(password), place.first.map(String.init) ?? "127.0.0.1", place.last.map(String.init) ?? "6379")
    }

    static let redisCredentials = Command(
        "redis:credentials", abstract: "display credentials information",
        flags: [.app, .remote, Flag("reset", help: "reset credentials")], operands: [.store],
        examples: ["paas redis:credentials", "paas redis:credentials --reset"]
    ) { invocation in
        let terminal = invocation.terminal
        let store = try await StoreChoice(invocation.operands.first, invocation)
        guard invocation.has(Flag("reset", help: "")) else { return terminal.print(try await store.url()) }
        try await terminal.action("Resetting credentials for \(store.attachment.addon.name)") { _ in
            try await store.platform.rotateStoreCredentials(of: store.id)
        }
    }

    static let redisMaxmemory = Command(
        "redis:maxmemory", abstract: "set the key eviction policy",
        discussion: "noeviction, allkeys-lru, volatile-lru, allkeys-random, volatile-random, volatile-ttl, allkeys-lfu "
            + "or volatile-lfu.",
        flags: [.app, .remote, .policy], operands: [.store],
        examples: ["paas redis:maxmemory --policy allkeys-lru"]
    ) { invocation in
        guard let policy = invocation[.policy] else { throw Failure.usage("Missing required flag policy") }
        let store = try await StoreChoice(invocation.operands.first, invocation)
        let config = try await store.platform.updateStore(store.id, KeyValueStoreUpdate(maxmemoryPolicy: policy))
        invocation.terminal.print("Maxmemory policy for \(store.title) set to \(config.maxmemoryPolicy.value).")
    }

    static let redisTimeout = Command(
        "redis:timeout", abstract: "set the number of seconds to wait before killing idle connections",
        flags: [.app, .remote, .seconds], operands: [.store], examples: ["paas redis:timeout --seconds 60"]
    ) { invocation in
        let terminal = invocation.terminal
        guard let text = invocation[.seconds] else { throw Failure.usage("Missing required flag seconds") }
        guard let seconds = Int(text) else { throw Failure.usage("Expected an integer but received: \(text)") }
        let store = try await StoreChoice(invocation.operands.first, invocation)
        let config = try await store.platform.updateStore(store.id, KeyValueStoreUpdate(timeout: seconds))
        let value = config.timeout.value
        terminal.print("Timeout for \(store.title) set to \(value) seconds.")
        terminal.print(
            value == 0
                ? "Connections to the Redis instance can idle indefinitely."
                : "Connections to the Redis instance will be stopped after idling for \(value) seconds.")
    }

    static let redisPromote = Command(
        "redis:promote", abstract: "sets DATABASE as your REDIS_URL", flags: [.app, .remote], operands: [.store],
        examples: ["paas redis:promote HEROKU_REDIS_RED"]
    ) { invocation in
        let terminal = invocation.terminal
        let store = try await StoreChoice(invocation.operands.first, invocation)
        let here = try await store.platform.attachments(of: store.app.id)
        if let old = here.first(where: { $0.name == "REDIS" }) {
            guard old.addon.id != store.id else {
                throw Failure("\(old.addon.name) is already promoted on \(store.app.name)")
            }
            if !here.contains(where: { $0.addon.id == old.addon.id && $0.name != "REDIS" }) {
                _ = try await store.platform.attach(AddonAttachmentCreate(addon: old.addon.id, app: store.app.id))
            }
        }
        let name = terminal.errors.styled(store.attachment.addon.name, .yellow)
        try await terminal.action("Promoting \(name) to REDIS_URL on \(terminal.appName(store.app.name))") { _ in
            _ = try await store.platform.attach(
                AddonAttachmentCreate(addon: store.id, app: store.app.id, name: "REDIS", confirm: store.app.name))
        }
    }

    static let redisWait = Command(
        "redis:wait", abstract: "wait for Redis instance to be available", flags: [.app, .remote], operands: [.store],
        examples: ["paas redis:wait"]
    ) { invocation in
        let store = try await StoreChoice(invocation.operands.first, invocation)
        // It answers when the server does.
        _ = try await store.platform.storeWait(store.id)
    }
}

extension Operand {
    fileprivate static let store = Operand.optional(
        "DATABASE", "name of the key-value store, or what it is attached as")
}

extension Flag {
    fileprivate static let policy = Flag("policy", short: "p", placeholder: "policy", help: "set policy name")
    fileprivate static let seconds = Flag("seconds", short: "s", placeholder: "seconds", help: "set timeout value")
}
