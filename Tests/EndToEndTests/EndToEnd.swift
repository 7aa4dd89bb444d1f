import TestSupport
import Testing

/// Real git, pip, node, swift and the built programs, one platform after the other.
@Suite("End to end", .serialized, .needsPrograms, .tags(.processes))
enum EndToEnd {}

extension Tag {
    /// The price: real processes, seconds instead of milliseconds.
    @Tag static var processes: Self
}
