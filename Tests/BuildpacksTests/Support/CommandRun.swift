import Glibc
import Model
import Posix
import Synchronization

/// One bash line that really runs; a cancelled task ends its process group.
struct CommandRun: Sendable {
    private let pid: Int32
    private let lines: AsyncStream<[UInt8]>
    private static let pool = BlockingPool(limit: 16)

    init(_ line: String, _ environment: [String: String], folder: String) throws {
        var pipe = try Pipe()
        let null = try Descriptor(opening: "/dev/null")
        pid = try Subprocess.start(
            "/bin/bash", arguments: ["-c", line], environment: environment, folder: folder,
            descriptors: [null.raw, pipe.write.raw, pipe.write.raw])
        pipe.closeWriting()
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        lines = stream
        let reading = try pipe.read.duplicate().release()
        // Ends with the command: its output then has an end.
        Task {
            try? await Self.pool.run {
                let descriptor = Descriptor(owning: reading)
                var pending: [UInt8] = []
                while let part = try? descriptor.read(atMost: 65_536), !part.isEmpty {
                    pending += part
                    while let newline = pending.firstIndex(of: 0x0A) {
                        continuation.yield(Array(pending[..<newline]))
                        pending.removeFirst(newline + 1)
                    }
                }
                if !pending.isEmpty { continuation.yield(pending) }
                continuation.finish()
            }
        }
    }

    func finish(_ output: @Sendable ([UInt8]) async -> Void) async throws -> Ending {
        let pid = pid
        return try await withTaskCancellationHandler {
            for await line in lines { await output(line) }
            let end = try await Self.pool.run { try Subprocess.wait(pid) }
            try Task.checkCancellation()
            switch end {
            case .code(let code): return .code(code)
            case .signal(let signal): return .signal(signal)
            }
        } onCancel: {
            kill(-pid, SIGKILL)
        }
    }
}
