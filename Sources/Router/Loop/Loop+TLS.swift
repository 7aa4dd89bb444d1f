internal import HTTP
internal import HTTPSecure

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Connections that speak TLS, on the same port as those that do not: the first byte tells.
extension Loop {
    /// Takes over what secure connections are told; connections that stand keep what they have.
    func secure(with material: TLSMaterial) {
        if let tls, let before = tlsMaterial, before.authorityPEM == material.authorityPEM,
            before.authorityKeyPEM == material.authorityKeyPEM, before.ticketKeys == material.ticketKeys
        {
            // Told once more what it has: somebody wants fresh ones.
            if before == material { tls.renew() }
            tlsMaterial = material
            return present(material.certificates, on: tls)
        }
        do {
            let authority = try CertificateAuthority(
                certificatePEM: material.authorityPEM, keyPEM: material.authorityKeyPEM)
            let server = try TLSServer(authority: authority, ticketKeys: material.ticketKeys, offersHTTP2: true)
            server.serves = { [unowned self] host in certifies(host) }
            present(material.certificates, on: server)
            tls = server
            tlsMaterial = material
        } catch { RouterProgram.complain("no TLS: \(error)") }
    }

    /// One that cannot be used keeps no other from being shown.
    private func present(_ certificates: [TLSMaterial.Own], on server: TLSServer) {
        server.presentNone()
        for own in certificates {
            do {
                try server.present(ServerIdentity(chainPEM: own.chainPEM, keyPEM: own.keyPEM), for: own.hosts)
            } catch { RouterProgram.complain("no TLS for \(own.hosts.joined(separator: ", ")): \(error)") }
        }
    }

    /// Whether a certificate may be made for that host.
    private func certifies(_ host: String) -> Bool {
        var name = host
        return name.withUTF8 { bytes in
            guard let route = bytes.baseAddress.flatMap({ table.route($0, bytes.count) }) else { return false }
            return route.pointee.certifiesAliases || host.hasSuffix(".localhost")
        }
    }

    /// Whether the request is for one app, and the certificate that its client was shown for another one. A client that
    /// asked for no app's host was shown that of `localhost`, and may go where it likes.
    func isMisdirected(_ exchange: UnsafeMutablePointer<Exchange>, _ route: UnsafeMutablePointer<CompiledRoute>) -> Bool
    {
        let client = exchange.pointee.client
        let carrier = client.pointee.lane?.pointee.multiplex.pointee.carrier ?? client
        guard let asked = carrier.pointee.stream.tls?.pointee.askedHost else { return false }
        let length = readHost(exchange)
        if strncasecmp(asked, hostName, length) == 0, asked[length] == 0 { return false }
        return isOther(String(cString: asked).lowercased(), than: route, length)
    }

    /// - Parameter length: of the request's host in `hostName`.
    @inline(never)
    private func isOther(_ asked: String, than route: UnsafeMutablePointer<CompiledRoute>, _ length: Int) -> Bool {
        var name = asked
        let other = name.withUTF8 { bytes in bytes.baseAddress.flatMap { table.route($0, bytes.count) } }
        guard let other, other != route else { return false }
        let host = String(decoding: UnsafeBufferPointer(start: hostName, count: length), as: UTF8.self)
        return tls?.presentsOneCertificate(for: asked, and: host) != true
    }

    /// Goes on in TLS with a connection whose first bytes are these.
    ///
    /// - Returns: `false` when TLS cannot be spoken.
    func startTLS(_ client: UnsafeMutablePointer<Client>, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard let connection = tls?.accept(client.pointee.stream.handle.descriptor) else { return false }
        connection.pointee.begin(with: bytes, count)
        client.pointee.stream.tls = connection
        client.pointee.stream.handle.transport = .tls
        client.pointee.stream.handle.isReadable = true
        return true
    }

    /// The version of TLS that a request came in by, be it in a stream of its own; 0 for none.
    @inline(__always)
    func tlsVersion(of client: UnsafeMutablePointer<Client>) -> Int {
        client.pointee.stream.tls?.pointee.version ?? Int(client.pointee.tlsVersion)
    }

    // MARK: Bytes

    @inline(never)
    func takeOtherwise(
        _ handle: UnsafeMutablePointer<Handle>, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int
    ) -> Intake {
        if handle.pointee.transport == .tls { return takeSecurely(handle, bytes, limit) }
        return takeFromLane(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: Client.self), bytes, limit)
    }

    @inline(never)
    func deliverOtherwise(
        _ stream: UnsafeMutablePointer<Stream>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) -> Delivery {
        if stream.pointee.handle.transport == .tls { return deliverSecurely(stream, bytes, count) }
        return deliverToLane(UnsafeMutableRawPointer(stream).assumingMemoryBound(to: Client.self), bytes, count)
    }

    @inline(never)
    func flushOtherwise(_ stream: UnsafeMutablePointer<Stream>) -> Delivery {
        // What a lane has pending leaves with its carrier's frames.
        stream.pointee.handle.transport == .tls ? flushSecurely(stream) : .blocked
    }

    @inline(never)
    private func takeSecurely(
        _ handle: UnsafeMutablePointer<Handle>, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int
    ) -> Intake {
        let stream = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: Stream.self)
        guard let tls = stream.pointee.tls else { return .broken }
        var mayHaveMore = false
        let outcome = TLSStream.read(tls, bytes, limit, mayHaveMore: &mayHaveMore)
        handle.pointee.isReadable = mayHaveMore || handle.pointee.hasPeerClosed
        switch outcome {
        case .bytes(let count): return .bytes(count)
        case .wantsRead:
            // All that came before the peer's end has been read.
            return handle.pointee.hasPeerClosed ? .end : .nothing
        case .wantsWrite:
            // In a handshake: tried again when the socket takes bytes.
            handle.pointee.isWritable = false
            handle.pointee.isReadable = false
            handle.pointee.readsWhenWritable = true
            return .nothing
        case .end: return .end
        case .broken: return .broken
        }
    }

    @inline(never)
    private func deliverSecurely(
        _ stream: UnsafeMutablePointer<Stream>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) -> Delivery {
        guard stream.pointee.pending.isEmpty else {
            keepRest(stream, bytes, count)
            return .blocked
        }
        var sent = 0
        while sent < count {
            switch write(stream, bytes + sent, count &- sent) {
            case .bytes(let taken): sent &+= taken
            case .wantsRead, .wantsWrite:
                keepRest(stream, bytes + sent, count &- sent)
                return .blocked
            case .end, .broken: return .broken
            }
        }
        return .sent
    }

    @inline(never)
    private func flushSecurely(_ stream: UnsafeMutablePointer<Stream>) -> Delivery {
        while let bytes = stream.pointee.pending.bytes, !stream.pointee.pending.isEmpty {
            switch write(stream, bytes, stream.pointee.pending.count) {
            case .bytes(let taken): stream.pointee.pending.drop(taken)
            case .wantsRead, .wantsWrite: return .blocked
            case .end, .broken: return .broken
            }
        }
        clear(&stream.pointee.pending)
        return .sent
    }

    @inline(__always)
    private func write(
        _ stream: UnsafeMutablePointer<Stream>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) -> TLSStream.Outcome {
        guard let tls = stream.pointee.tls else { return .broken }
        let outcome = TLSStream.write(tls, bytes, count)
        switch outcome {
        case .wantsRead, .wantsWrite: stream.pointee.handle.isWritable = false
        case .bytes, .end, .broken: break
        }
        return outcome
    }

    /// Tells the other side that nothing more comes from here.
    func finishWriting(_ stream: UnsafeMutablePointer<Stream>) {
        if let tls = stream.pointee.tls { tls.pointee.finishWriting() }
        if stream.pointee.handle.transport == .http2 {
            return finishLane(UnsafeMutableRawPointer(stream).assumingMemoryBound(to: Client.self))
        }
        shutdown(stream.pointee.handle.descriptor, Int32(SHUT_WR))
    }
}
