import APIClient
import APISchema
import Console

/// Waits for a transfer to end and shows that it does.
struct TransferProgress {
    private let platform: PlatformClient
    private let transfer: TransferResource
    private let app: String

    init(_ platform: PlatformClient, _ transfer: TransferResource, of app: String) {
        self.platform = platform
        self.transfer = transfer
        self.app = app
    }

    /// - Parameter text: `Backing up DATABASE to b001`
    /// - Throws: ``Failure`` with what the platform knows when it failed.
    func show(_ text: String, _ terminal: Terminal) async throws {
        try await terminal.action(text) { _ in
            var pause = Duration.milliseconds(20)
            while true {
                let now = try await platform.transfer(transfer.uuid, of: app)
                guard now.finishedAt == nil else { return try check(now) }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(1))
            }
        }
    }

    private func check(_ ended: TransferResource) throws(Failure) {
        guard ended.succeeded != true else { return }
        let reason = ended.logs.map(\.message).joined(separator: "\n")
        throw Failure(
            "An error occurred and the \(ended.isRestore ? "restore" : ended.isCopy ? "copy" : "backup") did not "
                + "finish.\n\n\(reason)",
            mend: ["paas pg:backups:info \(ended.name)"])
    }
}

extension Terminal {
    /// What Heroku says once something goes on by itself. Source: heroku-cli.md §14.3.
    func noteOnLongWork(_ kind: String) {
        note()
        note("Use Ctrl-C at any time to stop monitoring progress; the \(kind) will continue running.")
        note("Use paas pg:backups:info to check progress.")
        note("Stop a running \(kind) with paas pg:backups:cancel.")
        note()
    }
}
