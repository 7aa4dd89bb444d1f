package import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A socket on which the platform takes requests; daemon and router both hold it.
package struct RouterListener: Sendable, Equatable {
    package let descriptor: Int32
    /// `127.0.0.1` or `::1`.
    package let address: String
    package let port: UInt16
    /// Every connection starts with the PROXY protocol, which is believed; nowhere else is it understood.
    package let expectsPreamble: Bool

    package init(descriptor: Int32, address: String, port: UInt16, expectsPreamble: Bool = false) {
        self.descriptor = descriptor
        self.address = address
        self.port = port
        self.expectsPreamble = expectsPreamble
    }

    init(descriptor: Int32, _ place: ControlMessage.Place) {
        self.init(
            descriptor: descriptor, address: place.address, port: place.port, expectsPreamble: place.expectsPreamble)
    }
}

/// What the router reports.
package enum RouterEvent: Sendable {
    /// Requests of an app are over: a line for each, in order.
    case access(app: AppID, lines: [LogLine])
    /// A request waits for an app that sleeps.
    case wake(AppID)
    /// All that was reported before somebody asked has been heard; to be told to ``RouterControl/caughtUp(_:)``.
    case caughtUp(UInt64)
}

/// Why the platform cannot listen.
package enum ListenFailure: Explained, Equatable {
    /// - Parameter flag: of `paas up`, by which another one can be asked for.
    case taken(port: UInt16, flag: String = "--port")
    case forbidden(port: UInt16, flag: String = "--port")
    case noneFree(from: UInt16, to: UInt16)
    case failed(String)

    package var explanation: Explanation {
        switch self {
        case .taken(let port, let flag):
            Explanation(
                "Couldn't listen on port \(port)", because: "Another program is using it.",
                mend: [
                    "ss -ltnp 'sport = :\(port)'  # shows which",
                    "paas up \(flag) \(port == .max ? port - 1 : port + 1)",
                ],
                id: .conflict)
        case .forbidden(let port, let flag):
            Explanation(
                "Couldn't listen on port \(port)", because: "This user may not open ports below 1024.",
                mend: ["paas up \(flag) \(port < 1000 ? 8000 + port : 8080)"], id: .forbidden)
        case .noneFree(let first, let last):
            Explanation(
                "Couldn't find a free port", because: "80 and every port from \(first) to \(last) are in use.",
                mend: ["paas up --port NUMBER"], id: .conflict)
        case .failed(let reason): Explanation("Couldn't listen for requests", because: reason, id: .internalError)
        }
    }
}

/// Where the platform listens: on loopback only, IPv4 and IPv6 on one port.
package enum RouterListeners {
    /// - Parameter preferred: the port asked for; otherwise 80 where it may, else 8080, else the next free one up to
    ///   8179.
    /// - Throws: ``ListenFailure``; its descriptors are closed again.
    package static func open(preferred: UInt16?) throws -> [RouterListener] {
        if let preferred { return try pair(preferred) }
        if let listeners = try? pair(80) { return listeners }  // Taken or not allowed: the next one will do.
        for port in UInt16(8080)...8179 {
            do { return try pair(port) } catch let failure as ListenFailure {
                if case .failed = failure { throw failure }
            }
        }
        throw ListenFailure.noneFree(from: 8080, to: 8179)
    }

    /// Where browsers go for `https://NAME.localhost/`, in addition to port 80; none where others have that port, or it
    /// may not be opened.
    package static func openSecure() -> [RouterListener] { (try? pair(443)) ?? [] }

    /// For connections that a proxy in front passes on with the PROXY protocol.
    ///
    /// - Throws: ``ListenFailure``.
    package static func openProxied(port: UInt16) throws -> [RouterListener] { try pair(port, expectsPreamble: true) }

    /// Both addresses on one port; 127.0.0.1 alone where the machine has no IPv6.
    private static func pair(_ port: UInt16, expectsPreamble: Bool = false) throws -> [RouterListener] {
        let four: Descriptor
        do { four = try TCPSocket.listen(address: "127.0.0.1", port: port) } catch {
            throw failure(error, port, expectsPreamble)
        }
        let chosen = try TCPSocket.localPort(of: four)
        var listeners: [RouterListener] = []
        do {
            let six = try TCPSocket.listen(address: "::1", port: chosen, ipv6: true)
            listeners = [
                RouterListener(
                    descriptor: six.release(), address: "::1", port: chosen, expectsPreamble: expectsPreamble)
            ]
        } catch {
            switch error.code {
            case EADDRNOTAVAIL, EAFNOSUPPORT, EPROTONOSUPPORT: break
            default: throw failure(error, chosen, expectsPreamble)
            }
        }
        let first = RouterListener(
            descriptor: four.release(), address: "127.0.0.1", port: chosen, expectsPreamble: expectsPreamble)
        return [first] + listeners
    }

    private static func failure(_ error: PosixError, _ port: UInt16, _ expectsPreamble: Bool) -> ListenFailure {
        let flag = expectsPreamble ? "--proxy-port" : "--port"
        return switch error.code {
        case EADDRINUSE: .taken(port: port, flag: flag)
        case EACCES, EPERM: .forbidden(port: port, flag: flag)
        default: .failed(error.description)
        }
    }
}
