#if PREAMBLE

    /// Parses the input as the PROXY protocol, at once and from every beginning of it.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
        let whole = ProxyPreamble.parse(bytes, count: count)
        if case .complete(let preamble) = whole { precondition(preamble.length <= count) }
        for length in 0..<count {
            let part = Exact(bytes, length)
            let early = ProxyPreamble.parse(part.bytes, count: length)
            guard early != .incomplete else { continue }
            precondition(early == whole)
            break
        }
        return 0
    }

#endif
