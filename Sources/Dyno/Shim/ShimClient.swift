internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A connection to a shim: the daemon's, or one of its clients' that is attached.
final class ShimClient {
    let descriptor: Descriptor
    private var decoder = FrameDecoder()
    private var outgoing: [UInt8] = []
    /// The last position of output that it was told; news of that kind wait until it reads, and only the last counts.
    private var toldPosition: UInt64 = 0
    /// Up to where it has read the output, once it has said so.
    var hasRead: UInt64?
    /// What it has sent for the dyno's standard input and the dyno has not taken.
    private(set) var input: [UInt8] = []
    private var taken: UInt64 = 0
    private(set) var isOpen = true
    /// The command beside the dyno's own that this connection is about.
    var execution: ShimExecution?

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
        let flags = fcntl(self.descriptor.raw, F_GETFL)
        _ = fcntl(self.descriptor.raw, F_SETFL, flags | O_NONBLOCK)
    }

    var wantsToWrite: Bool { !outgoing.isEmpty }

    func close() { isOpen = false }

    func add(input bytes: [UInt8]) { input += bytes }

    /// The dyno has taken so many bytes of its input: there is room for more.
    func took(_ count: Int) {
        input.removeFirst(count)
        taken += UInt64(count)
        tell(.tookInput(total: taken))
    }

    func tell(_ report: ShimReport) {
        if case .output(let position) = report {
            guard outgoing.isEmpty, position > toldPosition else { return }
            toldPosition = position
        }
        outgoing += report.frame.bytes
        flush()
    }

    /// Sends what it takes without waiting.
    func flush() {
        while isOpen, !outgoing.isEmpty {
            let count = outgoing.withUnsafeBytes { send(descriptor.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count >= 0 {
                outgoing.removeFirst(count)
            } else if errno != EINTR {
                if errno != EAGAIN { isOpen = false }
                return
            }
        }
    }

    /// The requests that have come in whole; closes itself on an end of the stream or nonsense.
    func requests() -> [ShimRequest] {
        var requests: [ShimRequest] = []
        do {
            guard let bytes = try descriptor.readIfReady(atMost: 65_536) else { return [] }
            if bytes.isEmpty { isOpen = false }
            decoder.append(bytes)
            while let frame = try decoder.next() {
                if let request = try ShimRequest(frame) { requests.append(request) }
            }
        } catch { isOpen = false }
        return requests
    }
}
