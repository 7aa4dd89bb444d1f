internal import CPosix
internal import HTTP

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Large bodies whose length is known, from socket to socket. Nothing is copied, and nothing is looked at.
extension Loop {
    /// With fewer bytes to come, a copy is cheaper.
    private static let spliceLeast: UInt64 = 64 << 10

    /// A pipe, if what is left of this body should go through one.
    @inline(__always)
    func pipe(
        for body: BodyProgress, from source: UnsafeMutablePointer<Handle>, to sink: UnsafeMutablePointer<Stream>
    ) -> UnsafeMutablePointer<Pipe>? {
        guard body.announced >= Self.spliceLeast, source.pointee.transport == .plain,
            sink.pointee.handle.transport == .plain
        else { return nil }
        return takePipe()
    }

    private func takePipe() -> UnsafeMutablePointer<Pipe>? {
        if let pipe = freePipes.popLast() { return pipe }
        guard pipeCount < settings.pipeLimit, let pipe = Pipe.make() else { return nil }
        pipeCount &+= 1
        return pipe
    }

    /// A pipe that still has bytes in it is of no use to anyone else.
    func giveBack(_ store: inout ByteStore) {
        guard let pipe = store.pipe else { return }
        if store.isEmpty {
            freePipes.append(pipe)
        } else {
            pipeCount &-= 1
            Pipe.free(pipe)
        }
        store = ByteStore()
    }

    /// Moves at most `limit` bytes; what the sink does not take stays in the pipe, as its pending bytes.
    ///
    /// - Returns: as reading does; `delivery` says what came of the other side.
    func splice(
        _ source: UnsafeMutablePointer<Handle>, to sink: UnsafeMutablePointer<Stream>, _ limit: UInt64,
        through pipe: UnsafeMutablePointer<Pipe>, delivery: inout Delivery
    ) -> Intake {
        let most = Int(min(limit, UInt64(Pipe.size)))
        let count = cpx_loop_splice(source.pointee.descriptor, pipe.pointee.entrance, most)
        let code = errno
        guard count > 0 else {
            freePipes.append(pipe)
            if count == 0 { return .end }
            guard code == EAGAIN else { return .broken }
            source.pointee.isReadable = false
            return .nothing
        }
        clear(&sink.pointee.pending)
        sink.pointee.pending.adopt(pipe, count)
        delivery = flush(sink)
        return .bytes(count)
    }

    func flush(_ stream: UnsafeMutablePointer<Stream>, from pipe: UnsafeMutablePointer<Pipe>) -> Delivery {
        while !stream.pointee.pending.isEmpty {
            let count = cpx_loop_splice(
                pipe.pointee.exit, stream.pointee.handle.descriptor, stream.pointee.pending.count)
            if count > 0 {
                stream.pointee.pending.drop(count)
            } else if errno == EAGAIN {
                stream.pointee.handle.isWritable = false
                return .blocked
            } else {
                return .broken
            }
        }
        clear(&stream.pointee.pending)
        return .sent
    }
}
