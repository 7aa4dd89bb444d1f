internal import CPosix

/// Measures what files take on the disk, a slice at a time: a dyno with a million files must not hold its shim up.
final class DiskWalk {
    private let walk: OpaquePointer?
    private(set) var bytes: UInt64 = 0

    init(of paths: [String]) {
        walk = Self.withPointers(paths[...], []) { cpx_walk_begin($0, $0.count) }
    }

    /// - Returns: whether everything has been seen.
    func step(entries: Int = 2000) -> Bool {
        guard let walk else { return true }
        let isDone = cpx_walk_step(walk, entries) != 0
        bytes = cpx_walk_bytes(walk)
        return isDone
    }

    deinit { if let walk { cpx_walk_end(walk) } }

    private static func withPointers<Result>(
        _ rest: ArraySlice<String>, _ pointers: [UnsafePointer<CChar>?], _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        guard let path = rest.first else { return body(pointers) }
        return path.withCString { withPointers(rest.dropFirst(), pointers + [$0], body) }
    }
}
