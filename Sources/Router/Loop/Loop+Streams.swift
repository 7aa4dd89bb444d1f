internal import CPosix
internal import HTTP
internal import HTTPSecure

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Writing, buffering and closing, the same for both sides.
extension Loop {
    enum Delivery { case sent, blocked, broken }

    enum Intake {
        case bytes(Int)
        case nothing
        case end
        case broken
    }

    private static var lastFlags: Int32 {
        #if canImport(Glibc)
            Int32(MSG_NOSIGNAL) | Int32(MSG_MORE)
        #else
            Int32(MSG_NOSIGNAL)
        #endif
    }

    /// Sends `count` bytes; what the socket does not take is kept, and the scratch buffer itself is handed over when
    /// that is much.
    ///
    /// - Parameter isLast: the caller ends the connection's sending side right after: the kernel keeps the last segment
    ///   for that, and one packet carries both.
    @inline(__always)
    func deliver(
        _ stream: UnsafeMutablePointer<Stream>, _ bytes: UnsafePointer<UInt8>, _ count: Int, isLast: Bool = false
    ) -> Delivery {
        if stream.pointee.handle.transport != .plain { return deliverOtherwise(stream, bytes, count) }
        let flags = isLast ? Self.lastFlags : Int32(MSG_NOSIGNAL)
        var sent = 0
        if stream.pointee.pending.isEmpty {
            while sent < count {
                let result = Glibc.send(stream.pointee.handle.descriptor, bytes + sent, count &- sent, flags)
                if result >= 0 {
                    sent &+= result
                } else if errno == EAGAIN {
                    stream.pointee.handle.isWritable = false
                    break
                } else if errno != EINTR {
                    return .broken
                }
            }
        }
        if sent == count { return .sent }
        keepRest(stream, bytes + sent, count &- sent)
        return .blocked
    }

    @inline(never)
    func keepRest(_ stream: UnsafeMutablePointer<Stream>, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
        let isInScratch = bytes >= UnsafePointer(scratch) && bytes < UnsafePointer(scratch) + Self.scratchSize
        if !stream.pointee.pending.isEmpty {
            if stream.pointee.pending.place != .memory {
                let copy = copyOut(stream.pointee.pending)
                clear(&stream.pointee.pending)
                stream.pointee.pending = copy
            }
            return stream.pointee.pending.append(bytes, count)
        }
        clear(&stream.pointee.pending)
        guard isInScratch, count > 16 << 10 else { return stream.pointee.pending.keep(bytes, count) }
        stream.pointee.pending.adopt(scratch: scratch, bytes, count)
        scratch = spareScratch.popLast() ?? .allocate(capacity: Self.scratchSize)
    }

    /// The same bytes in memory of their own.
    private func copyOut(_ store: ByteStore) -> ByteStore {
        var copy = ByteStore()
        if let pipe = store.pipe {
            pipe.pointee.read(store.count) { copy.keep($0, $1) }
        } else if let kept = store.bytes {
            copy.keep(kept, store.count)
        }
        return copy
    }

    func clear(_ store: inout ByteStore) {
        if store.place == .pipe { return giveBack(&store) }
        guard let buffer = store.clear() else { return }
        if spareScratch.count < 8 { spareScratch.append(buffer) } else { buffer.deallocate() }
    }

    /// Sends what was kept.
    func flush(_ stream: UnsafeMutablePointer<Stream>) -> Delivery {
        if stream.pointee.handle.transport != .plain { return flushOtherwise(stream) }
        if let pipe = stream.pointee.pending.pipe { return flush(stream, from: pipe) }
        while let bytes = stream.pointee.pending.bytes, !stream.pointee.pending.isEmpty {
            let result = Glibc.send(
                stream.pointee.handle.descriptor, bytes, stream.pointee.pending.count, Int32(MSG_NOSIGNAL))
            if result >= 0 {
                stream.pointee.pending.drop(result)
            } else if errno == EAGAIN {
                stream.pointee.handle.isWritable = false
                return .blocked
            } else if errno != EINTR {
                return .broken
            }
        }
        clear(&stream.pointee.pending)
        return .sent
    }

    /// Reads once; a short read has emptied the socket, unless its end came with the same event.
    @inline(__always)
    func take(_ handle: UnsafeMutablePointer<Handle>, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int) -> Intake {
        if handle.pointee.transport != .plain { return takeOtherwise(handle, bytes, limit) }
        while true {
            let count = recv(handle.pointee.descriptor, bytes, limit, 0)
            if count > 0 {
                if count < limit, !handle.pointee.hasPeerClosed { handle.pointee.isReadable = false }
                return .bytes(count)
            }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                handle.pointee.isReadable = false
                return .nothing
            default: return .broken
            }
        }
    }

    /// Closes the descriptor and lets go of what was kept; the memory goes when the batch is over.
    func end(_ stream: UnsafeMutablePointer<Stream>) {
        let handle = UnsafeMutableRawPointer(stream).assumingMemoryBound(to: Handle.self)
        arm(handle, .none)
        if let tls = stream.pointee.tls { TLSStream.free(tls) }
        clear(&stream.pointee.pending)
        clear(&stream.pointee.partial)
        if handle.pointee.descriptor >= 0 { Glibc.close(handle.pointee.descriptor) }
        handle.pointee.kind = .dead
        graveyard.append(handle)
    }

    @inline(__always)
    func stream(_ client: UnsafeMutablePointer<Client>) -> UnsafeMutablePointer<Stream> {
        UnsafeMutableRawPointer(client).assumingMemoryBound(to: Stream.self)
    }

    @inline(__always)
    func stream(_ upstream: UnsafeMutablePointer<Upstream>) -> UnsafeMutablePointer<Stream> {
        UnsafeMutableRawPointer(upstream).assumingMemoryBound(to: Stream.self)
    }

    @inline(__always)
    func handle(_ client: UnsafeMutablePointer<Client>) -> UnsafeMutablePointer<Handle> {
        UnsafeMutableRawPointer(client).assumingMemoryBound(to: Handle.self)
    }

    @inline(__always)
    func handle(_ upstream: UnsafeMutablePointer<Upstream>) -> UnsafeMutablePointer<Handle> {
        UnsafeMutableRawPointer(upstream).assumingMemoryBound(to: Handle.self)
    }
}
