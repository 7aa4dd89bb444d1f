internal import CPosix
internal import Model

/// A dyno as one loop sees it: where it is, how busy, and its idle connections.
///
/// It lives as long as a table lists it or a request of this loop is on it.
struct Backend {
    let id: DynoID
    let place: Endpoint
    let target: UnsafeMutablePointer<cpx_target>
    /// `web.1`.
    let name: UnsafeMutablePointer<UInt8>
    let nameLength: Int
    /// Requests of this loop.
    var inFlight: Int32 = 0
    var idleCount: Int32 = 0
    /// The connection used last comes first: it is the least likely to have been closed.
    var idle: UnsafeMutablePointer<Upstream>?
    var isListed = true
    /// Monotonic milliseconds when the last request was done, or when it was first listed.
    var lastUsed: UInt64
    /// Monotonic milliseconds until which it is the last choice, because it could not be reached.
    var quarantinedUntil: UInt64 = 0
    /// The number of the last exchange that could not reach it, so that it goes on to another one.
    var triedBy: UInt64 = 0

    /// - Returns: `nil` when the endpoint is not an address.
    ///
    /// - Parameter folder: ``RouterSettings/socketFolder``.
    static func make(
        _ backend: RoutingTable.Backend, below folder: String?, now: UInt64
    ) -> UnsafeMutablePointer<Backend>? {
        let target = UnsafeMutablePointer<cpx_target>.allocate(capacity: 1)
        let result =
            switch backend.endpoint {
            case .tcp(let address, let port): cpx_target_tcp(target, address, port)
            case .unix(let path): cpx_target_unix(target, way(to: path, from: folder))
            case .inside(let door, let address, let port):
                cpx_target_inside(target, way(to: door, from: folder), address, port)
            }
        guard result == 0 else {
            target.deallocate()
            return nil
        }
        let text = Array(backend.name.utf8)
        let name = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, text.count))
        for (index, byte) in text.enumerated() { name[index] = byte }
        let made = UnsafeMutablePointer<Backend>.allocate(capacity: 1)
        made.initialize(
            to: Backend(
                id: backend.id, place: backend.endpoint, target: target, name: name, nameLength: text.count,
                lastUsed: now))
        return made
    }

    private static func way(to path: String, from folder: String?) -> String {
        guard let folder, path.hasPrefix(folder + "/") else { return path }
        return String(path.dropFirst(folder.count + 1))
    }

    static func free(_ backend: UnsafeMutablePointer<Backend>) {
        backend.pointee.target.deallocate()
        backend.pointee.name.deallocate()
        backend.deinitialize(count: 1)
        backend.deallocate()
    }
}
