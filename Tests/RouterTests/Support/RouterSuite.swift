import Testing

/// All tests of the router, one after the other: they measure times, and their clients wait on the threads that tasks
/// run on.
@Suite("The router", .serialized)
enum RouterSuite {}
