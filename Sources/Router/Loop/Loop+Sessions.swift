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
            if backend.pointee.session == session { return isGood(backend, exchange.pointee.serial) ? backend : nil }
        }
        return nil
    }

    /// The value of the cookie in the head that the exchange keeps for the dyno.
    private func sessionCookie(_ exchange: UnsafeMutablePointer<Exchange>) -> Backend.Session? {
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
    private static func session(in value: Slice<UnsafeBufferPointer<UInt8>>) -> Backend.Session? {
        for pair in value.split(separator: UInt8(ascii: ";")) {
            let pair = pair.drop { $0 == Bytes.space || $0 == UInt8(ascii: "\t") }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = UnsafeBufferPointer(start: cookie.utf8Start, count: cookie.utf8CodeUnitCount)
            if pair[..<equals].elementsEqual(name) { return Backend.Session(pair[(equals + 1)...]) }
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
        backend.pointee.session.write(&ink)
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

extension Backend {
    /// What the cookie says of a dyno: its id, as 32 hexadecimal digits.
    struct Session: Equatable {
        let high: UInt64
        let low: UInt64

        init(_ id: DynoID) {
            let digits = Array(id.description.utf8).filter { $0 != UInt8(ascii: "-") }
            high = Self.number(digits.prefix(16)) ?? 0
            low = Self.number(digits.dropFirst(16)) ?? 0
        }

        /// - Returns: `nil` for what the router never wrote.
        init?(_ text: some Collection<UInt8>) {
            guard text.count == 32, let high = Self.number(text.prefix(16)), let low = Self.number(text.dropFirst(16))
            else { return nil }
            self.high = high
            self.low = low
        }

        private static func number(_ digits: some Sequence<UInt8>) -> UInt64? {
            var value: UInt64 = 0
            for digit in digits {
                let part: UInt8
                switch digit {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): part = digit - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): part = digit - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): part = digit - UInt8(ascii: "A") + 10
                default: return nil
                }
                value = value << 4 | UInt64(part)
            }
            return value
        }

        func write(_ ink: inout Ink) {
            for word in [high, low] {
                for shift in stride(from: UInt64(60), through: 0, by: -4) {
                    let digit = UInt8(truncatingIfNeeded: word >> shift) & 15
                    ink.put(byte: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
                }
            }
        }
    }
}
