internal import HTTP
internal import Model

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Session affinity: a cookie names the dyno that answered a client first. Source: heroku-platform.md §10.3.
extension Loop {
    private static var cookie: StaticString { "heroku-session-affinity" }
    /// A day, in seconds.
    private static var cookieAge: Int { 86_400 }

    /// The dyno that the request's cookie names, where it is still listed and was reached the last time.
    @inline(never)
    func sessionDyno(
        _ exchange: UnsafeMutablePointer<Exchange>, _ route: UnsafeMutablePointer<CompiledRoute>
    ) -> UnsafeMutablePointer<Backend>? {
        guard let session = sessionCookie(exchange) else { return nil }
        for index in 0..<route.pointee.backendCount {
            let backend = route.pointee.backends[index]
            if backend.pointee.id == session { return isGood(backend, exchange.pointee.serial) ? backend : nil }
        }
        return nil
    }

    /// The value of the cookie in the head that the exchange keeps for the dyno.
    private func sessionCookie(_ exchange: UnsafeMutablePointer<Exchange>) -> DynoID? {
        let head = UnsafeBufferPointer(start: exchange.pointee.block, count: exchange.pointee.filled)
        var line = 0
        while let end = head[line...].firstIndex(of: UInt8(ascii: "\r")), end > line {
            if Self.isCookieField(head, line, end), let session = Self.session(in: head[(line + 7)..<end]) {
                return session
            }
            line = end + 2
            guard line < head.count else { return nil }
        }
        return nil
    }

    private static func isCookieField(_ head: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let name: StaticString = "cookie:"
        guard end - start > name.utf8CodeUnitCount else { return false }
        for index in 0..<name.utf8CodeUnitCount
        where Bytes.lowercase(head[start + index]) != name.utf8Start[index] { return false }
        return true
    }

    /// Among `a=1; heroku-session-affinity=…; b=2`.
    private static func session(in value: Slice<UnsafeBufferPointer<UInt8>>) -> DynoID? {
        for pair in value.split(separator: UInt8(ascii: ";")) {
            let pair = pair.drop { $0 == Bytes.space || $0 == UInt8(ascii: "\t") }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = UnsafeBufferPointer(start: cookie.utf8Start, count: cookie.utf8CodeUnitCount)
            guard pair[..<equals].elementsEqual(name) else { continue }
            return DynoID(String(decoding: pair[(equals + 1)...], as: UTF8.self))
        }
        return nil
    }

    /// Writes less than 600 bytes: the host is one that the table has.
    @inline(never)
    func putSessionCookie(_ exchange: UnsafeMutablePointer<Exchange>, _ ink: inout Ink) {
        guard let backend = exchange.pointee.backend else { return }
        ink.put("Set-Cookie: ")
        ink.put(Self.cookie)
        ink.put("=")
        let id = backend.pointee.id.words
        ink.put(uuid: id.high, id.low)
        ink.put("; Version=1; Expires=")
        var end = time_t(wallTime / 1_000_000) + Self.cookieAge
        var parts = tm()
        gmtime_r(&end, &parts)
        // The C locale, as in every program that sets none.
        at(most: 40, &ink) { strftime($0, $1, "%a, %d-%b-%Y %H:%M:%S GMT", &parts) }
        ink.put("; Max-Age=")
        ink.put(decimal: UInt64(Self.cookieAge))
        ink.put("; Domain=")
        ink.put(hostName, readHost(exchange))
        ink.put("; Path=/; HttpOnly\r\n")
    }

    private func at(most count: Int, _ ink: inout Ink, _ write: (UnsafeMutablePointer<CChar>, Int) -> Int) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: count) { text in
            guard let start = text.baseAddress else { return }
            let written = write(start, count)
            start.withMemoryRebound(to: UInt8.self, capacity: count) { ink.put($0, written) }
        }
    }
}
