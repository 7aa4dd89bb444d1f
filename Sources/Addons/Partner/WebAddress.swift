internal import HTTP

/// An `http://` or `https://` URL, taken apart.
struct WebAddress: Sendable, Equatable {
    let isSecure: Bool
    let host: String
    let port: UInt16
    /// As on the wire; begins with a slash, does not end with one, unless that is all.
    let path: String

    /// `nil` for what is no such URL, or has a user or a query.
    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        switch text[..<scheme.lowerBound].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: return nil
        }
        let rest = text[scheme.upperBound...]
        let place = rest.prefix { $0 != "/" }
        let path = rest[place.endIndex...]
        guard place.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x40 }),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3F && $0 != 0x23 }),
            let (host, port) = ProxyPlace.split(place, otherwise: isSecure ? 443 : 80), !host.isEmpty, port > 0
        else { return nil }
        (self.host, self.port) = (host.lowercased(), port)
        self.path = path.isEmpty || path == "/" ? "/" : String(path.last == "/" ? path.dropLast() : path)
    }

    private init(_ other: WebAddress, path: String) {
        (isSecure, host, port) = (other.isSecure, other.host, other.port)
        self.path = path
    }

    /// One step below, percent-encoded.
    func appending(_ segment: String) -> WebAddress {
        WebAddress(self, path: "\(path == "/" ? "" : path)/\(PercentCoding.encode(segment))")
    }

    /// Whether what is sent there stays on this machine.
    var isHere: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || host.wholeMatch(of: /127(\.\d{1,3}){3}/) != nil
    }

    /// `example.com:8443`; without the port when it is the scheme's own.
    var place: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    var text: String { "\(isSecure ? "https" : "http")://\(place)\(path)" }
}
