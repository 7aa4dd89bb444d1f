/// A copy in memory of exactly its size, so that one byte read too far is found.
struct Exact: ~Copyable {
    let bytes: UnsafeMutablePointer<UInt8>

    init(_ start: UnsafePointer<UInt8>, _ count: Int) {
        bytes = .allocate(capacity: count)
        bytes.update(from: start, count: count)
    }

    deinit { bytes.deallocate() }
}
