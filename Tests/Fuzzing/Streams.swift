#if HTTP2

    /// Feeds a connection with the input, answers each request, and takes what is to be sent: nothing may be called for a
    /// stream that is closed, and none may stay behind.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
        guard count > 1 else { return 0 }
        let client = Client(piece: Int(bytes[0]) + 1, answersAtOnce: bytes[0] & 1 == 0)
        client.run(bytes + 1, count - 1)
        return 0
    }

    private final class Request {
        let identifier: Int32
        var isOpen = true
        var left = 100_000
        var isAnswered = false
        init(_ identifier: Int32) { self.identifier = identifier }
    }

    private final class Client: HTTP2Receiver {
        private let piece: Int
        private let answersAtOnce: Bool
        private var session: HTTP2Session?
        private var requests: [UnsafeMutableRawPointer: Request] = [:]
        private var waiting: [Request] = []
        private var taken: [(Int32, Int)] = []
        private let output = UnsafeMutablePointer<UInt8>.allocate(capacity: 16_384 + HTTP2Session.longestFrame)

        init(piece: Int, answersAtOnce: Bool) {
            self.piece = piece
            self.answersAtOnce = answersAtOnce
            session = HTTP2Session(UnsafeMutableRawPointer(output), receiver: self)
        }

        deinit {
            output.deallocate()
        }

        func run(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
            guard let session else { preconditionFailure("no session") }
            let magic = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
            var isUsable = session.receive(magic, magic.count)
            var index = 0
            while isUsable, index < count, !session.isOver {
                let size = min(piece, count - index)
                let part = Exact(bytes + index, size)
                isUsable = session.receive(part.bytes, size)
                index += size
                answer(session)
                isUsable = isUsable && send(session)
            }
            session.goAway()
            _ = isUsable && send(session)
            self.session = nil
            for request in requests.values { Unmanaged.passUnretained(request).release() }
        }

        private func answer(_ session: HTTP2Session) {
            for (identifier, count) in taken { session.consume(identifier, count) }
            taken = []
            let requests = waiting.filter(\.isOpen)
            waiting = []
            let name = Array(":status".utf8), value = Array("200".utf8)
            name.withUnsafeBufferPointer { name in
                value.withUnsafeBufferPointer { value in
                    for request in requests where !request.isAnswered {
                        request.isAnswered = true
                        _ = session.respond(request.identifier, [HTTP2Field(name: name, value: value)], hasBody: true)
                    }
                }
            }
        }

        private func send(_ session: HTTP2Session) -> Bool {
            for _ in 0..<64 {
                guard let count = session.send(into: output, limit: 16_384) else { return false }
                if count == 0 { break }
            }
            return true
        }

        private func request(_ stream: UnsafeMutableRawPointer) -> Request {
            guard let request = requests[stream] else { preconditionFailure("a call for a stream that is closed") }
            return request
        }

        func streamBegan(_ connection: UnsafeMutableRawPointer, _ identifier: Int32) -> UnsafeMutableRawPointer? {
            precondition(connection == UnsafeMutableRawPointer(output))
            let request = Request(identifier)
            let stream = Unmanaged.passRetained(request).toOpaque()
            requests[stream] = request
            return stream
        }

        func streamField(
            _ stream: UnsafeMutableRawPointer, _ name: UnsafeBufferPointer<UInt8>,
            _ value: UnsafeBufferPointer<UInt8>
        ) -> Bool {
            _ = request(stream)
            return !name.isEmpty && value.count < 4096
        }

        func streamHeadEnded(_ stream: UnsafeMutableRawPointer, endsStream: Bool) {
            if answersAtOnce || endsStream { waiting.append(request(stream)) }
        }

        func streamBody(_ stream: UnsafeMutableRawPointer, _ bytes: UnsafeBufferPointer<UInt8>) {
            taken.append((request(stream).identifier, bytes.count))
        }

        func streamBodyEnded(_ stream: UnsafeMutableRawPointer) { waiting.append(request(stream)) }

        func streamClosed(_ stream: UnsafeMutableRawPointer) {
            request(stream).isOpen = false
            requests[stream] = nil
            Unmanaged<Request>.fromOpaque(stream).release()
        }

        func streamOutput(_ stream: UnsafeMutableRawPointer, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int)
            -> HTTP2Output
        {
            let request = request(stream)
            let count = min(limit, request.left)
            bytes.update(repeating: 0x78, count: count)
            request.left -= count
            return request.left == 0 ? .last(count, hasTrailers: false) : .bytes(count)
        }
    }

#endif
