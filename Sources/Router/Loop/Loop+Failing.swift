internal import HTTP
internal import Model

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Answers that the router gives itself. Source: heroku-platform.md §11.
extension Loop {
    /// Answers with the fault's page; nothing of a response may have been sent yet.
    ///
    /// - Parameters:
    ///   - cause: of an H26.
    ///   - detail: what an H25 names.
    @inline(never)
    func fail(
        _ exchange: UnsafeMutablePointer<Exchange>, _ fault: RouterFault, status: Int? = nil,
        cause: StaticString? = nil, detail: StaticString = ""
    ) {
        release(exchange)
        if fault == .backendConnectionTimeout {
            exchange.pointee.connectTime = Int64(now &- exchange.pointee.connectStarted)
        }
        let status = status ?? fault.status
        let field: StaticString =
            switch cause?.description {
            case "bad chunk": " cause=\"bad chunk\""
            case "unsupported expect header value": " cause=\"unsupported expect header value\""
            case "bad method": " cause=\"bad method\""
            case "request loop": " cause=\"request loop\""
            default: ""
            }
        log(exchange, fault: fault, status: status, detail: field, restriction: detail)
        release(exchange, reuse: false)
        guard fault.status != 499 else { return drop(exchange) }
        if fault == .requestError { exchange.pointee.keepsAlive = false }
        // The table may have changed since the request was sent on: then it names no app of now, and has no pages.
        let route = table.route(hostName, readHost(exchange))
        let page = ErrorPage(
            fault: fault, status: status, app: route?.pointee.name, isPlatform: exchange.pointee.app == nil,
            pages: route?.pointee.pages ?? .init())
        answer(exchange, status: status, page: page.bytes)
    }

    /// Ends an exchange whose response has begun: cutting the connection is all that is left to say.
    @inline(never)
    func abort(_ exchange: UnsafeMutablePointer<Exchange>, _ fault: RouterFault, detail: StaticString = "") {
        let status = fault.status
        log(exchange, fault: fault, status: status, detail: detail)
        let client = exchange.pointee.client
        if exchange.pointee.response.kind == .untilClose || exchange.pointee.unchunks {
            // An orderly end would look like the end of the body.
            var option = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                client.pointee.stream.handle.descriptor, SOL_SOCKET, SO_LINGER, &option,
                socklen_t(MemoryLayout<Glibc.linger>.size))
        }
        release(exchange, reuse: false)
        client.pointee.lane?.pointee.isAborted = true
        drop(exchange)
    }

    private func drop(_ exchange: UnsafeMutablePointer<Exchange>) {
        let client = exchange.pointee.client
        recycle(exchange)
        client.pointee.exchange = nil
        close(client: client)
    }

    /// The dyno's head cannot be understood or is too large.
    func failMalformed(_ exchange: UnsafeMutablePointer<Exchange>, _ error: HTTPParseError) {
        switch error {
        case .statusLineTooLong: fail(exchange, .httpRestriction, detail: "oversized status line")
        case .fieldTooLong, .tooManyFields, .headTooLong: fail(exchange, .httpRestriction, detail: "oversized header")
        case .badContentLength: fail(exchange, .httpRestriction, detail: "invalid content length")
        case .badRequestLine, .requestLineTooLong, .unsupportedVersion, .badStatusLine, .badField, .badHost,
            .ambiguousLength, .unsupportedTransferCoding, .badChunk:
            fail(exchange, .poorlyFormattedResponse)
        }
    }

    /// CONNECT is for forward proxies.
    func refuseMethod(_ exchange: UnsafeMutablePointer<Exchange>) {
        findApp(exchange)
        fail(exchange, .requestError, status: 405, cause: "bad method")
    }

    /// No app has this host.
    func refuseHost(_ exchange: UnsafeMutablePointer<Exchange>) {
        let length = readHost(exchange)
        let host = String(decoding: UnsafeBufferPointer(start: hostName, count: length), as: UTF8.self)
        let page = UnknownHostPage(
            host: host, port: exchange.pointee.client.pointee.listenerPort, appNames: table.appNames)
        exchange.pointee.app = nil
        answer(exchange, status: 404, page: page.bytes)
    }

    /// A head that cannot be understood names no app for certain: it is answered and leaves no line.
    func refuse(_ client: UnsafeMutablePointer<Client>, _ error: HTTPParseError) {
        refuse(client, status: error.status)
    }

    func refuseSlowHead(_ client: UnsafeMutablePointer<Client>) { refuse(client, status: 408) }

    private func refuse(_ client: UnsafeMutablePointer<Client>, status: Int) {
        arm(client, .none)
        let page = ErrorPage(fault: .requestError, status: status, app: nil, isPlatform: true)
        let head = AnswerHead(status: status, length: page.bytes.count, connection: "close")
        let isBroken = (head.bytes + page.bytes).withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { deliver(stream(client), $0, buffer.count) == .broken } ?? true
        }
        if isBroken { close(client: client) } else { linger(client) }
    }

    private func answer(_ exchange: UnsafeMutablePointer<Exchange>, status: Int, page: [UInt8]) {
        let client = exchange.pointee.client
        if !exchange.pointee.request.isDone || client.pointee.stream.handle.hasPeerClosed || isStopping {
            exchange.pointee.keepsAlive = false
        }
        let connection: StaticString =
            !exchange.pointee.keepsAlive ? "close" : exchange.pointee.minorVersion == 0 ? "keep-alive" : ""
        var bytes = AnswerHead(status: status, length: page.count, connection: connection).bytes
        if exchange.pointee.method != .head { bytes += page }
        exchange.pointee.isLogged = true
        let delivery = bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { deliver(stream(client), $0, buffer.count) } ?? .broken
        }
        switch delivery {
        case .sent: finish(exchange)
        case .blocked:
            exchange.pointee.phase = .flushing
            arm(exchange, .silence)
        case .broken: drop(exchange)
        }
    }
}
