internal import HTTP
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Connects to a host of the world by its name.
struct OutwardConnection: Sendable {
    let reactor: Reactor
    let pool: BlockingPool

    private struct Place: Sendable {
        var family: Int32
        var address: [UInt8]
    }

    enum Failure: Error, CustomStringConvertible {
        case unknownHost(String)

        var description: String {
            switch self {
            case .unknownHost(let reason): "it is not known here (\(reason))"
            }
        }
    }

    /// Tries the host's addresses one after the other.
    func open(_ host: String, _ port: UInt16) async throws -> AsyncStreamSocket {
        let places = try await pool.run { try Self.resolve(host, port) }
        var failure: any Error = Failure.unknownHost("it has no address")
        for place in places {
            do { return try await connect(place) } catch { failure = error }
        }
        throw failure
    }

    private static func resolve(_ host: String, _ port: UInt16) throws -> [Place] {
        var hints = addrinfo()
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0 else { throw Failure.unknownHost(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var places: [Place] = []
        var next = list
        while let info = next {
            let bytes = UnsafeRawBufferPointer(start: info.pointee.ai_addr, count: Int(info.pointee.ai_addrlen))
            places.append(Place(family: info.pointee.ai_family, address: Array(bytes)))
            next = info.pointee.ai_next
        }
        return places
    }

    private func connect(_ place: Place) async throws -> AsyncStreamSocket {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let number = socket(place.family, kind, 0)
        guard number >= 0 else { throw PosixError(errno, "socket") }
        let descriptor = Descriptor(owning: number)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
        let result = place.address.withUnsafeBytes { bytes -> Int32 in
            guard let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            #if canImport(Glibc)
                return Glibc.connect(number, address, socklen_t(bytes.count))
            #else
                return Darwin.connect(number, address, socklen_t(bytes.count))
            #endif
        }
        if result != 0 {
            guard errno == EINPROGRESS else { throw PosixError(errno, "connect") }
            try await withTimeLimit(.seconds(10)) { [reactor] in try await reactor.wait(number, for: .writable) }
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
            guard code == 0 else { throw PosixError(code, "connect") }
        }
        return try AsyncStreamSocket(descriptor, reactor: reactor)
    }
}
