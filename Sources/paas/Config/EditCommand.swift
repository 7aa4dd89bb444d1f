import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let configEdit = Command(
        "config:edit", abstract: "interactively edit config vars",
        discussion: "This command opens the app's config vars in $VISUAL, $EDITOR or vim.", flags: [.app, .remote],
        operands: [.optional("KEY", "edit a single key")], examples: ["paas config:edit", "paas config:edit KEY"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let key = invocation.operands.first
        let before = try await terminal.action("Fetching config") { _ in try await platform.configVars(of: app.id) }
        let after: ConfigVarsResource
        if let key {
            let value = try Editor.edit(before[key] ?? "", suffix: ".txt")
            // Editors end the last line; a value that had no newline gets none.
            let kept = value.hasSuffix("\n") && !(before[key] ?? "").hasSuffix("\n") ? String(value.dropLast()) : value
            after = before.merging([key: kept]) { $1 }
        } else {
            after = try ConfigFile.parse(try Editor.edit(ConfigFile.text(of: before), suffix: ".sh"))
        }
        guard after != before else { return terminal.warn("no changes to config") }
        terminal.print("Config Diff:")
        for line in ConfigFile.difference(before, after) { terminal.print(line) }
        terminal.print()
        guard terminal.confirm("Update config on \(app.name) with these values?", defaultsToYes: false) else { return }
        let now = try await terminal.action("Verifying new config") { _ in try await platform.configVars(of: app.id) }
        guard now == before else { throw Failure("Config changed on server. Refusing to update.") }
        var changes: ConfigVarsUpdate = after.filter { before[$0.key] != $0.value }.mapValues(Optional.some)
        for key in before.keys where after[key] == nil { changes.updateValue(nil, forKey: key) }
        try await terminal.action("Updating config") { [changes] _ in
            _ = try await platform.updateConfigVars(of: app.id, changes)
        }
    }
}

/// The person's editor on a file that only they can read.
enum Editor {
    /// - Returns: the text as it is after the editor has ended.
    static func edit(_ text: String, suffix: String) throws -> String {
        let folder =
            "\(Environment.nonEmpty("TMPDIR") ?? "/tmp")/paas-edit-\(Environment.processID)-\(Moment.monotonicNanoseconds)"
        try FileTree.makeFolder(folder)
        defer { try? FileTree.remove(folder) }  // What is left of it holds nothing that others may read.
        let file = "\(folder)/config\(suffix)"
        try FileTree.write(Array(text.utf8), to: file)
        let command = Environment.nonEmpty("VISUAL") ?? Environment.nonEmpty("EDITOR") ?? "vim"
        // An editor's setting may hold arguments (`code --wait`), so the shell takes it apart.
        let end = try Subprocess.runInForeground(
            "/bin/sh", arguments: ["-c", "\(command) \"$1\"", "sh", file], environment: Environment.all)
        guard end.isSuccess else { throw Failure("The editor (\(command)) ended with an error; nothing was changed.") }
        return try FileTree.readText(file)
    }
}
