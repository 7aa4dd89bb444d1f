/// What an id that was pushed to a branch names; git takes nothing but commits there.
package enum PushedObject: Sendable, Equatable {
    case commit
    /// An annotated tag.
    case tag(name: String?)
    case tree
    case blob
}
