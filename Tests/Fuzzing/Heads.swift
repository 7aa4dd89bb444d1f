#if REQUEST || RESPONSE

    /// Parses the input at once and in two pieces, and looks whether both see the same; reads beyond the end are the
    /// address sanitizer's to find.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
        guard count > 0 else { return 0 }
        let whole = parse(bytes, count)
        // The first byte chooses where the pieces part.
        let cut = Int(bytes[0]) % count
        if cut > 0 {
            let part = Exact(bytes, cut)
            let early = parse(part.bytes, cut)
            switch early.outcome {
            case .incomplete: break
            case .complete: precondition(whole.outcome == .complete && whole.length == early.length)
            case .failed: precondition(whole.outcome != .complete)
            }
        }
        if whole.outcome == .complete { precondition(whole.length <= count) }
        return 0
    }

    private nonisolated(unsafe) let slots = UnsafeMutablePointer<FieldSlot>.allocate(capacity: slotCount)

    #if REQUEST
        private let slotCount = HeadLimits.request.fieldCount

        private func parse(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> (outcome: HeadOutcome, length: Int) {
            var parsed = ParsedRequest()
            let outcome = parsed.parse(bytes, count: count, slots: slots)
            if outcome == .complete {
                check(parsed.fields.count, parsed.length)
                precondition(parsed.targetStart + parsed.targetLength <= parsed.length)
                precondition(parsed.authorityStart + max(0, parsed.authorityLength) <= parsed.length)
            }
            return (outcome, parsed.length)
        }
    #else
        private let slotCount = HeadLimits.response.fieldCount

        private func parse(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> (outcome: HeadOutcome, length: Int) {
            var parsed = ParsedResponse()
            let outcome = parsed.parse(bytes, count: count, slots: slots)
            if outcome == .complete {
                check(parsed.fields.count, parsed.length)
                precondition(parsed.reasonStart + parsed.reasonLength <= parsed.length)
                precondition((100...999).contains(parsed.status))
            }
            return (outcome, parsed.length)
        }
    #endif

    private func check(_ count: Int, _ length: Int) {
        for index in 0..<count {
            let slot = slots[index]
            precondition(Int(slot.valueStart + slot.valueLength) <= length)
            precondition(slot.start + UInt32(slot.nameLength) < slot.valueStart + 1)
        }
    }

#endif
