import APIClient
import APISchema
import Console

extension Command {
    static let psSleep = Command(
        "ps:sleep", abstract: "show or set how long nobody asks for an app before it sleeps",
        discussion:
            "Eco dynos sleep when nobody has asked for their app for 30 minutes, and with the feature sleep dynos of any "
            + "size do. The next request wakes them, and waits until one is up. Apps with open requests, streams or "
            + "WebSockets stay awake, and so do apps without web dynos.",
        flags: [.app, .remote, .json, .after],
        examples: ["paas ps:sleep", "paas ps:sleep --after 10m", "paas ps:type eco  # dynos that sleep"]
    ) { invocation in
        let terminal = invocation.terminal
        let wanted = try invocation[.after].map { try SleepTime.parse($0) }
        let (platform, app) = try await invocation.target()
        if let wanted {
            return try await terminal.action("Setting the sleep of \(terminal.appName(app.name))") { status in
                let now = try await platform.setSleep(of: app.id, afterSeconds: wanted)
                status.finish("done, after \(SleepTime.text(now.afterSeconds)) without a request")
            }
        }
        let status = try await platform.sleep(of: app.id)
        if invocation.has(.json) { return terminal.json(try WireJSON.encode(status)) }
        let time = SleepTime.text(status.afterSeconds)
        switch status.isAsleep {
        case true: terminal.print("\(app.name) is asleep; the next request wakes it.")
        case false: terminal.print("\(app.name) is awake; it sleeps after \(time) without a request.")
        case nil:
            terminal.print("\(app.name) never sleeps. To let it sleep after \(time) without a request:")
            terminal.print("    paas ps:type eco -a \(app.name)")
            terminal.print("    paas features:enable sleep -a \(app.name)  # keeps its dyno sizes")
        }
    }
}

extension Flag {
    fileprivate static let after = Flag(
        "after", placeholder: "TIME", help: "sleep after this long without a request: 90s, 10m, 1h30m")
}

/// `90s`, `10m`, `1h30m`.
enum SleepTime {
    /// - Returns: seconds.
    static func parse(_ text: String) throws(Failure) -> Int {
        guard !text.isEmpty, let match = text.wholeMatch(of: /(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?/) else {
            throw .usage("Expected --after to be a time like 90s, 10m or 1h30m, not \(text)")
        }
        func number(_ digits: Substring?) -> Int { digits.flatMap { Int($0) } ?? 0 }
        return number(match.1) * 3600 + number(match.2) * 60 + number(match.3)
    }

    /// `30 minutes`, `1 hour 30 minutes`, `90 seconds` as `1 minute 30 seconds`.
    static func text(_ seconds: Int) -> String {
        let parts = [(seconds / 3600, "hour"), (seconds / 60 % 60, "minute"), (seconds % 60, "second")]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
    }
}
