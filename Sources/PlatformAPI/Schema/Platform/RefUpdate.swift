/// One line that git gives to a receive hook.
package struct RefUpdate: Codable, Sendable, Equatable {
    /// 40 zeros when the ref is new.
    package var old: String
    /// 40 zeros when the ref is deleted.
    package var new: String
    /// `refs/heads/main`.
    package var ref: String

    package init(
        old: String, new: String, ref: String
    ) {
        self.old = old
        self.new = new
        self.ref = ref
    }
}
