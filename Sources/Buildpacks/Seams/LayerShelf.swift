/// Where finished layers are kept; the daemon wires it to the slug store.
package struct LayerShelf: Sendable {
    /// The host folder of a finished layer; `nil` when there is none of that name.
    package var find: @Sendable (_ name: String) -> String?
    /// Moves a folder in and returns its host path; drops the folder when the layer is there already.
    package var keep: @Sendable (_ name: String, _ movingFrom: String) throws -> String

    package init(
        find: @Sendable @escaping (_ name: String) -> String?,
        keep: @Sendable @escaping (_ name: String, _ movingFrom: String) throws -> String
    ) {
        self.find = find
        self.keep = keep
    }
}
