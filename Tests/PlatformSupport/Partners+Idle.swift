package import Addons
internal import Posix

extension Partners {
    /// For tests that call no provider.
    package static func idle() throws -> Partners {
        Partners(client: WebClient(reactor: try Reactor(), pool: BlockingPool(limit: 1), limit: .seconds(1)))
    }
}
