/// Data of a database on its way: a backup that is taken, one that is put back, a copy.
package struct Transfer: Sendable, Equatable {
    package enum Kind: String, Sendable { case backup, restore, copy }

    package let id: TransferID
    package let app: AppID
    /// Counts all transfers of an app from 1.
    package let number: Int
    package let kind: Kind
    /// Whether a schedule asked for it.
    package let isScheduled: Bool
    /// The database it is from or, for a restore, the backup's name.
    package let source: String
    package let target: String
    package let createdAt: Timestamp
    package var finishedAt: Timestamp?
    package var hasSucceeded = false
    package var canceledAt: Timestamp?
    /// Of the backup's file.
    package var bytes: Int64 = 0
    /// Why it failed; empty otherwise.
    package var trouble = ""

    package init(
        id: TransferID = TransferID(), app: AppID, number: Int, kind: Kind, isScheduled: Bool = false, source: String,
        target: String, createdAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.number = number
        self.kind = kind
        self.isScheduled = isScheduled
        self.source = source
        self.target = target
        self.createdAt = createdAt
    }

    /// `b001`, `a001` for one that a schedule took, `r002`, `c003`. Source: platform-api.md §3.
    package var name: String {
        let letter =
            switch kind {
            case .backup: isScheduled ? "a" : "b"
            case .restore: "r"
            case .copy: "c"
            }
        let digits = "\(number)"
        return letter + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}

package typealias TransferID = Identifier<Transfer>
