/// When a request has taken long enough.
struct Deadline: Sendable {
    static let seconds = 60

    private let end = ContinuousClock.now + .seconds(seconds)

    var hasPassed: Bool { ContinuousClock.now >= end }

    /// - Throws: ``SearchError/tooSlow``
    func check() throws(SearchError) { if hasPassed { throw .tooSlow } }
}
