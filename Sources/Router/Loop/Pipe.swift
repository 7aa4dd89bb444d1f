internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A pipe of the kernel: bytes go through it from one socket to another without being copied.
struct Pipe {
    let entrance: Int32
    let exit: Int32

    /// Of 64 pages: a user may have 16,384 of them in pipes (`pipe-user-pages-soft`).
    static let size = 256 << 10

    /// - Returns: `nil` when the system has no descriptors or no memory for it: then bytes are copied.
    static func make() -> UnsafeMutablePointer<Pipe>? {
        var ends: (exit: Int32, entrance: Int32) = (-1, -1)
        guard cpx_loop_pipe(&ends.exit, &ends.entrance, Int32(size)) == 0 else { return nil }
        let pipe = UnsafeMutablePointer<Pipe>.allocate(capacity: 1)
        pipe.initialize(to: Pipe(entrance: ends.entrance, exit: ends.exit))
        return pipe
    }

    static func free(_ pipe: UnsafeMutablePointer<Pipe>) {
        Glibc.close(pipe.pointee.entrance)
        Glibc.close(pipe.pointee.exit)
        pipe.deallocate()
    }

    /// Lends the first `count` bytes, which are in the pipe, and empties it of them.
    func read(_ count: Int, _ body: (UnsafePointer<UInt8>, Int) -> Void) {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        defer { memory.deallocate() }
        var filled = 0
        while filled < count {
            let more = Glibc.read(exit, memory + filled, count &- filled)
            guard more > 0 || errno == EINTR else { break }
            filled &+= max(0, more)
        }
        body(memory, filled)
    }
}
