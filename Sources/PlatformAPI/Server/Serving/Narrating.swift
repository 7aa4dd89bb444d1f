internal import APISchema
internal import HTTP
internal import Platform

extension Call {
    /// Starts an answer whose end is not known yet.
    func stream(_ contentType: String) async throws -> HTTPBodyWriter {
        var headers = headers
        headers.set("Content-Type", to: contentType)
        return try await responder.stream(status: 200, headers: headers)
    }

    /// Streams the lines of something long as they happen, and at last whether it is accepted.
    ///
    /// When the client hangs up the work's task is cancelled.
    func narrate(_ work: @escaping @Sendable (_ line: @escaping Narration) async throws -> Bool) async throws {
        let writer = try await stream("application/x-ndjson")
        let isAccepted = try await withThrowingTaskGroup(of: Bool?.self) { group in
            group.addTask {
                try await work { line in
                    // A client that has gone is seen by the other task.
                    try? await writer.write(PushEvent.output("\(line)\n").line)
                }
            }
            group.addTask { [responder] in
                await responder.clientGone()
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let isAccepted else { return }
        try await writer.write(PushEvent.result(isAccepted ? .accepted : .refused).line)
        try await writer.finish()
    }
}
