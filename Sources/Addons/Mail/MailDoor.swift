internal import HTTP
internal import Model
internal import Posix

/// Serves SMTP: does what ``SMTPSession`` says.
struct MailDoor: Sendable {
    let office: MailPost.Office
    let tls: TLSDoor
    let reactor: Reactor

    /// How long a client may keep silent. Source: RFC 5321 §4.5.3.2.7.
    private static let patience = Duration.seconds(300)

    func serve(_ socket: AsyncStreamSocket) async {
        // The client is told what is wrong as far as it listens; then it has gone.
        guard (try? await talk(SMTPSession(), on: socket)) == true else { return }
        guard let (near, far) = try? LoopbackPair.make(reactor) else { return }
        await withDiscardingTaskGroup { group in
            group.addTask { [tls] in await tls.carry(socket, early: [], to: near) }
            group.addTask {
                _ = try? await talk(SMTPSession(isSecure: true), on: far)  // As above.
                far.close()
            }
        }
    }

    /// - Returns: whether TLS is to begin.
    private func talk(_ start: SMTPSession, on socket: AsyncStreamSocket) async throws -> Bool {
        var session = start
        var account: AddonID?
        while true {
            while let step = session.next() {
                switch step {
                case .reply(let text): try await socket.write(Array("\(text)\r\n".utf8))
                case .authenticate(let user, let password):
                    account = await office.authenticate(user, password)
                    session.authenticated(account != nil)
                case .deliver(let envelope):
                    guard let account else { return false }
                    session.delivered(await office.deliver(account, envelope))
                case .startTLS: return true
                case .close: return false
                }
            }
            let bytes = try await withTimeLimit(Self.patience) { try await socket.read() }
            guard !bytes.isEmpty else { return false }
            session.receive(bytes)
        }
    }
}

/// Two ends of one connection within this process.
enum LoopbackPair {
    static func make(_ reactor: Reactor) throws(PosixError) -> (AsyncStreamSocket, AsyncStreamSocket) {
        let (near, far) = try UnixSocket.pair()
        return (
            try AsyncStreamSocket(Descriptor(owning: near), reactor: reactor),
            try AsyncStreamSocket(Descriptor(owning: far), reactor: reactor)
        )
    }
}
