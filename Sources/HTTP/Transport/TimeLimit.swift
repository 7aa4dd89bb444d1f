/// Runs `body` for at most `limit`, then cancels it.
///
/// - Throws: ``HTTPTransportError/tooSlow`` when the time is up; else what `body` throws.
package func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw HTTPTransportError.tooSlow }
        return value
    }
}
