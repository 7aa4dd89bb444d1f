/// What git's receive-pack asks the pre-receive hook about.
package struct Push: Sendable {
    /// One reference that is to move.
    package struct Update: Sendable, Equatable {
        /// Full commit ids; all zeros for "none".
        package var old: String
        package var new: String
        /// `refs/heads/main`
        package var reference: String

        package init(old: String, new: String, reference: String) {
            self.old = old
            self.new = new
            self.reference = reference
        }

        var isDeletion: Bool { new.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }
        var deploys: Bool { ["refs/heads/main", "refs/heads/master"].contains(reference) }
    }

    /// What git writes for "no commit".
    static let none = String(repeating: "0", count: 40)

    package var updates: [Update]
    /// Where the pushed objects are meanwhile: git's quarantine and its alternates.
    package var objectDirectories: [String]

    package init(updates: [Update], objectDirectories: [String]) {
        self.updates = updates
        self.objectDirectories = objectDirectories
    }

    /// What a push does to the app.
    enum Effect: Equatable {
        case deploys(Update)
        /// Accepted without a build; the sentence tells why.
        case kept(because: String)
        case refused(because: String)
    }

    /// Source: buildpack-api.md §5.3.
    var effect: Effect {
        // Git would refuse it after the hook: a clone of the app gets what `HEAD`, so `main`, names.
        if updates.contains(where: { $0.isDeletion && $0.reference == "refs/heads/main" }) {
            return .refused(because: "main can't be deleted. To stop what is deployed, type: paas ps:scale web=0")
        }
        let deploying = updates.filter { $0.deploys && !$0.isDeletion }
        if deploying.count > 1 {
            return .refused(because: "main and master were pushed together; push the one that is to be deployed.")
        }
        if let update = deploying.first { return .deploys(update) }
        if updates.contains(where: { $0.deploys && $0.isDeletion }) {
            return .kept(because: "Deleted the branch; what is deployed keeps running.")
        }
        return .kept(because: "Pushed to branch other than [main, master], skipping build.")
    }
}
