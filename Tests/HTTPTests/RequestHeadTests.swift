import HTTP
import Testing

@Suite("A request head")
struct RequestHeadTests {
    private func parse(_ text: String) throws(HTTPParseError) -> (head: RequestHead, consumed: Int)? {
        try HTTPHead.parseRequest(Array(text.utf8))
    }

    @Test("gives method, target, version, fields and the bytes it took")
    func plain() throws {
        let text = "GET /hello?a=b HTTP/1.1\r\nHost: x.localhost:8080\r\nAccept:  */*\t\r\nEmpty:\r\n\r\n"
        let (head, consumed) = try #require(try parse(text + "next"))
        #expect(consumed == text.utf8.count)
        #expect(head.method == "GET")
        #expect(head.target == "/hello?a=b")
        #expect(head.version == .http11)
        #expect(head.fields["host"] == "x.localhost:8080")
        #expect(head.fields["ACCEPT"] == "*/*")
        #expect(head.fields["empty"] == "")
        #expect(head.framing == .none)
        #expect(head.keepsAlive)
    }

    @Test("is awaited until its blank line, whatever has come before")
    func incomplete() throws {
        let text = Array("\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n".utf8)
        for count in 0..<text.count { #expect(try HTTPHead.parseRequest(Array(text[..<count])) == nil) }
        let (head, consumed) = try #require(try HTTPHead.parseRequest(text))
        #expect(head.framing == .length(3))
        #expect(consumed == text.count)
    }

    @Test("is refused at its first byte when no method can start with that", arguments: [[0x16, 3, 1], [0], [0x20]])
    func impossibleStart(bytes: [UInt8]) {
        #expect(throws: HTTPParseError.badRequestLine) { try HTTPHead.parseRequest(bytes) }
    }

    @Test(
        "keeps the connection as version and Connection say",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
            ("HTTP/1.1", "Connection: Foo, CLOSE\r\n", false), ("HTTP/1.0", "", false),
            ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
        ])
    func keepAlive(version: String, field: String, keeps: Bool) throws {
        let (head, _) = try #require(try parse("GET / \(version)\r\nHost: x\r\n\(field)\r\n"))
        #expect(head.keepsAlive == keeps)
    }

    @Test("asks for an upgrade only with both Upgrade and Connection")
    func upgrade() throws {
        let both = "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(try #require(try parse(both)).head.upgrade == "websocket")
        let one = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"
        #expect(try #require(try parse(one)).head.upgrade == nil)
    }

    @Test(
        "is refused when two servers could read it differently",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", HTTPParseError.badHost),
            ("GET / HTTP/1.1\r\n\r\n", .badHost),
            ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badHost),
            ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .badHost),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .badContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", .badContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", .badContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", .badContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .badContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n", .badContentLength),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                .ambiguousLength
            ),
            ("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unsupportedTransferCoding),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .unsupportedTransferCoding),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                .unsupportedTransferCoding
            ),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n", .badField),
            ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badField),
            ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .badField),
            ("GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n", .badField),
            ("GET / HTTP/1.1\r\nHost: a\rX: 1\r\n\r\n", .badField),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", .badField),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{7F}b\r\n\r\n", .badField),
            ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", .badField),
            ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", .badField),
            ("GET / HTTP/1.1\nHost: a\r\n\r\n", .badRequestLine),
            ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
            ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .badRequestLine),
            ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
            ("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
            ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
            ("GET /\r\nHost: a\r\n\r\n", .badRequestLine),
            ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
            ("GET / http/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
            ("PRI * HTTP/2.0\r\n\r\n", .unsupportedVersion),
            ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        ])
    func refused(text: String, error: HTTPParseError) {
        #expect(throws: error) { _ = try parse(text) }
    }

    @Test("holds exactly the documented sizes and not a byte more")
    func limits() throws {
        func head(target: Int = 1, name: Int = 1, line: Int = 4, fields: Int = 0) -> String {
            "GET /" + String(repeating: "a", count: target - 1) + " HTTP/1.1\r\nHost: x\r\n"
                + String(repeating: "n", count: name) + ":" + String(repeating: "v", count: line - name - 1) + "\r\n"
                + String(repeating: "a:b\r\n", count: fields) + "\r\n"
        }
        #expect(try parse(head(target: 8192 - 13)) != nil)
        #expect(throws: HTTPParseError.requestLineTooLong) { _ = try parse(head(target: 8192 - 12)) }
        #expect(throws: HTTPParseError.requestLineTooLong) { _ = try parse(String(repeating: "G", count: 8194)) }
        #expect(try parse(head(line: 8192)) != nil)
        #expect(throws: HTTPParseError.fieldTooLong) { _ = try parse(head(line: 8193)) }
        #expect(try parse(head(name: 1000, line: 2000)) != nil)
        #expect(throws: HTTPParseError.fieldTooLong) { _ = try parse(head(name: 1001, line: 2000)) }
        #expect(try parse(head(fields: 998)) != nil)
        #expect(throws: HTTPParseError.tooManyFields) { _ = try parse(head(fields: 999)) }
    }
}

@Suite("A response head")
struct ResponseHeadTests {
    private func parse(
        _ text: String, toHead: Bool = false
    ) throws(HTTPParseError) -> (head: ResponseHead, consumed: Int)? {
        try HTTPHead.parseResponse(Array(text.utf8), answersHead: toHead)
    }

    @Test(
        "tells how its body ends",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, BodyFraming.length(5)),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, .none),
            ("HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n", false, .chunked),
            ("HTTP/1.1 200 \r\n\r\n", false, .untilClose), ("HTTP/1.1 204 No Content\r\n\r\n", false, .none),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, .none),
            ("HTTP/1.1 100 Continue\r\n\r\n", false, .none), ("HTTP/1.0 200 OK\r\n\r\n", false, .untilClose),
        ])
    func framing(text: String, toHead: Bool, framing: BodyFraming) throws {
        #expect(try #require(try parse(text, toHead: toHead)).head.framing == framing)
    }

    @Test(
        "is refused when it is malformed",
        arguments: [
            ("HTTP/2 200 OK\r\n\r\n", HTTPParseError.badStatusLine), ("HTTP/1.1 20 OK\r\n\r\n", .badStatusLine),
            ("HTTP/1.1 2000 OK\r\n\r\n", .badStatusLine), ("HTTP/1.1 000 OK\r\n\r\n", .badStatusLine),
            ("HTTP/1.1 200 OK\n\n", .badStatusLine), ("hello world\r\n\r\n", .badStatusLine),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", .badContentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousLength),
            ("HTTP/1.1 200 OK\r\nbroken\r\n\r\n", .badField),
        ])
    func refused(text: String, error: HTTPParseError) {
        #expect(throws: error) { _ = try parse(text) }
    }
}
