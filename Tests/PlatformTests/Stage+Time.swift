import PlatformSupport

@testable import Platform

extension Stage {
    /// Moves the clock, and has everybody look at it.
    func pass(_ duration: Duration, on clock: FakeClock) {
        clock.advance(by: duration)
        platform.reconciler.alarm.ring()
    }
}
