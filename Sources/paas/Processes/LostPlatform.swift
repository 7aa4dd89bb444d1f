import APIClient
import APISchema
import Posix

/// The platform in the eyes of a session whose daemon has gone.
struct LostPlatform: Sendable {
    let home: PlatformHome

    /// - Returns: `nil` when the dyno is not there any more, or the platform was stopped: that is not undone.
    func rejoin(_ dyno: DynoResource, of app: String, from position: UInt64) async throws -> DynoAttachment? {
        let starter = DaemonStarter(home: home)
        guard try await isToGoOn(starter) else { return nil }
        do {
            return try await starter.client().attach(to: dyno, of: app, from: position)
        } catch let failure as APIFailure where failure.status == 404 {
            return nil
        }
    }

    /// A daemon that was killed leaves its sockets; one that is being replaced is back in a moment.
    private func isToGoOn(_ starter: DaemonStarter) async throws -> Bool {
        for _ in 0..<60 {
            if starter.isRunning || starter.hasLeftovers { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}
