import APIClient
import APISchema
import Console

extension Command {
    static let configSet = Command(
        "config:set", aliases: ["config:add"], abstract: "set one or more config vars", flags: [.app, .remote],
        operands: [.any("KEY=VALUE", "config var to set")],
        examples: ["paas config:set RAILS_ENV=staging", "paas config:set RAILS_ENV=staging RACK_ENV=staging"]
    ) { invocation in
        let terminal = invocation.terminal
        let pairs = try ConfigAssignment.parse(invocation.operands)
        let (platform, app) = try await invocation.target()
        let keys = pairs.map(\.key).joined(separator: ", ")
        let vars = try await terminal.action("Setting \(keys) and restarting \(terminal.appName(app.name))") { status in
            let changes = Dictionary(pairs.map { ($0.key, Optional($0.value)) }, uniquingKeysWith: { $1 })
            let vars = try await platform.updateConfigVars(of: app.id, changes)
            if let release = try await platform.releases(of: app.id, newest: 1).first {
                status.finish("done, v\(release.version)")
            }
            return vars
        }
        let shown = Set(pairs.filter { !$0.value.isEmpty }.map(\.key))
        terminal.object(vars.filter { shown.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, [$0.value]) })
    }

    static let configUnset = Command(
        "config:unset", aliases: ["config:remove"], abstract: "unset one or more config vars", flags: [.app, .remote],
        operands: [.any("KEY", "config var to unset")],
        examples: ["paas config:unset RAILS_ENV", "paas config:unset RAILS_ENV RACK_ENV"]
    ) { invocation in
        let terminal = invocation.terminal
        guard !invocation.operands.isEmpty else {
            throw Failure("Usage: paas config:unset KEY1 [KEY2 ...]\nMust specify KEY to unset.")
        }
        let (platform, app) = try await invocation.target()
        let keys = invocation.operands.joined(separator: ", ")
        try await terminal.action("Unsetting \(keys) and restarting \(terminal.appName(app.name))") { status in
            let changes = Dictionary(invocation.operands.map { ($0, String?.none) }, uniquingKeysWith: { $1 })
            _ = try await platform.updateConfigVars(of: app.id, changes)
            if let release = try await platform.releases(of: app.id, newest: 1).first {
                status.finish("done, v\(release.version)")
            }
        }
    }
}

/// `KEY=VALUE` as typed; the value is everything behind the first `=`.
enum ConfigAssignment {
    static func parse(_ words: [String]) throws(Failure) -> [(key: String, value: String)] {
        guard !words.isEmpty else {
            throw Failure("Usage: paas config:set KEY1=VALUE1 [KEY2=VALUE2 ...]\nMust specify KEY and VALUE to set.")
        }
        var pairs: [(key: String, value: String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw Failure("\(word) is invalid. Must be in the format FOO=bar.")
            }
            pairs.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
        }
        return pairs
    }
}
