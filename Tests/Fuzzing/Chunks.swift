#if CHUNKS

    /// Decodes the input in pieces of two sizes, and looks whether both find the same body.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
        guard count > 1 else { return 0 }
        let piece = Int(bytes[0]) % 16 + 1
        let one = decode(bytes + 1, count - 1, piece: count)
        let other = decode(bytes + 1, count - 1, piece: piece)
        precondition(one == other)
        var skimmer = ChunkedDecoder()
        let taken = skimmer.skim(bytes + 1, count - 1)
        precondition(one.hasFailed ? taken == -1 : taken == one.taken)
        return 0
    }

    private struct Body: Equatable {
        var data: [UInt8] = []
        var taken = 0
        var hasFailed = false
        var hasEnded = false
    }

    private func decode(_ bytes: UnsafePointer<UInt8>, _ count: Int, piece: Int) -> Body {
        var body = Body()
        var decoder = ChunkedDecoder()
        while body.taken < count, !body.hasEnded {
            let size = min(piece, count - body.taken)
            let part = Exact(bytes + body.taken, size)
            switch decoder.advance(part.bytes, size) {
            case .needMore: body.taken += size
            case .data(let offset, let length):
                precondition(offset + length <= size)
                body.data += UnsafeBufferPointer(start: part.bytes + offset, count: length)
                body.taken += offset + length
            case .end(let consumed):
                precondition(consumed <= size)
                body.taken += consumed
                body.hasEnded = true
            case .failed: return Body(data: body.data, hasFailed: true)
            }
        }
        return body
    }

#endif
