internal import Model
internal import Synchronization

/// The services that the platform's owner has registered; which there are changes while it runs.
package final class Partners: Sendable {
    /// How they are called; `nil` where nobody is.
    package let client: WebClient?
    private let known = Mutex<[String: Partner]>([:])

    package init(client: WebClient? = nil) { self.client = client }

    /// In the place of an earlier one of the same id.
    package func put(_ partner: Partner) { known.withLock { $0[partner.manifest.id] = partner } }

    package func remove(_ id: String) { known.withLock { $0[id] = nil } }

    package subscript(id: String) -> Partner? { known.withLock { $0[id] } }

    /// By id.
    package var all: [Partner] { known.withLock { $0.values.sorted { $0.manifest.id < $1.manifest.id } } }
}
