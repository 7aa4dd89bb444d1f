internal import HTTP
internal import HTTPSecure
internal import Model

/// The access line. Source: heroku-platform.md §10.4.
extension Loop {
    /// Writes the one line of this request; the platform's own hosts have none.
    ///
    /// - Parameters:
    ///   - status: what the client got, where that is not the dyno's.
    ///   - detail: fields that follow `desc`, with a blank in front.
    ///   - restriction: what follows `HTTP restriction: ` in an H25.
    func log(
        _ exchange: UnsafeMutablePointer<Exchange>, fault: RouterFault? = nil, status: Int? = nil,
        detail: StaticString = "", restriction: StaticString = ""
    ) {
        guard let app = exchange.pointee.app, !exchange.pointee.isLogged else { return }
        exchange.pointee.isLogged = true
        if records.isFull { records.hand(to: outlet, now: now) }
        var ink = Ink(records.start())
        if let fault { put(fault, restriction, &ink) } else { ink.put("at=info") }
        ink.put(detail)
        put(exchange, &ink)
        ink.put(" status=")
        // Nobody can be told any more.
        if fault != .forcedClose { ink.put(decimal: UInt64(status ?? exchange.pointee.status)) }
        ink.put(" bytes=")
        if fault == nil || exchange.pointee.connectTime >= 0 { ink.put(decimal: exchange.pointee.bytes) }
        if exchange.pointee.client.pointee.stream.handle.transport == .http2 {
            ink.put(" protocol=http2.0")
        } else {
            ink.put(exchange.pointee.minorVersion == 0 ? " protocol=http1.0" : " protocol=http1.1")
        }
        putSecurity(exchange.pointee.client, &ink)
        records.finish(ink.count, app, wallTime, now: now)
    }

    @inline(__always)
    private func putSecurity(_ client: UnsafeMutablePointer<Client>, _ ink: inout Ink) {
        switch tlsVersion(of: client) {
        case 13: ink.put(" tls=true tls_version=tls1.3")
        case 12: ink.put(" tls=true tls_version=tls1.2")
        case Int(Client.unknownTLS): ink.put(" tls=true tls_version=unknown")
        default: ink.put(" tls=false")
        }
    }

    @inline(never)
    private func put(_ fault: RouterFault, _ restriction: StaticString, _ ink: inout Ink) {
        switch fault {
        case .clientRequestInterrupted, .clientConnectionIdle: ink.put("at=warning code=")
        case .maintenanceMode, .blankApp, .dynoHoursUsedUp: ink.put("at=info code=")
        case .appCrashed, .backlogTooDeep, .requestTimeout, .connectionClosedWithoutResponse, .noWebProcesses,
            .idleConnection, .poorlyFormattedResponse, .serverRequestInterrupted, .backendConnectionTimeout,
            .appBootTimeout, .backendConnectionRefused, .forcedClose, .httpRestriction, .requestError,
            .misdirectedRequest, .certificateMismatch, .platformError:
            ink.put("at=error code=")
        }
        var code = fault.rawValue
        code.withUTF8 { if let text = $0.baseAddress { ink.put(text, $0.count) } }
        ink.put(" desc=\"")
        var description = fault.description
        description.withUTF8 { if let text = $0.baseAddress { ink.put(text, $0.count) } }
        if fault == .httpRestriction {
            ink.put(": ")
            ink.put(restriction)
        }
        ink.put("\"")
    }

    private func put(_ exchange: UnsafeMutablePointer<Exchange>, _ ink: inout Ink) {
        let block = exchange.pointee.block
        ink.put(" method=")
        ink.put(block + Int(exchange.pointee.methodSpan.offset), Int(exchange.pointee.methodSpan.length))
        ink.put(" path=\"")
        ink.put(
            escaping: block + Int(exchange.pointee.pathSpan.offset), Int(exchange.pointee.pathSpan.length))
        ink.put("\" host=")
        ink.put(hostName, min(readHost(exchange), 255))
        ink.put(" request_id=")
        ink.put(block + Int(exchange.pointee.requestIDSpan.offset), Int(exchange.pointee.requestIDSpan.length))
        ink.put(" fwd=\"")
        ink.put(
            escaping: block + Int(exchange.pointee.forwardedSpan.offset),
            min(Int(exchange.pointee.forwardedSpan.length), 1024))
        ink.put("\" dyno=")
        if let backend = exchange.pointee.backend {
            ink.put(backend.pointee.name, backend.pointee.nameLength)
        }
        ink.put(" connect=")
        let connect = exchange.pointee.connectTime
        if connect >= 0 {
            ink.put(decimal: UInt64(connect))
            ink.put("ms")
        }
        ink.put(" service=")
        if exchange.pointee.isReached {
            let total = now &- exchange.pointee.started
            ink.put(decimal: total &- min(UInt64(max(0, connect)), total))
            ink.put("ms")
        }
    }
}
