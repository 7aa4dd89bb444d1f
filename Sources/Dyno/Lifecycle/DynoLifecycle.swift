package import Model

/// The life of one dyno: takes what happened, returns what is to be done. It owns no clock and no process.
///
/// Source: heroku-platform.md §2.1 and §2.2.
package struct DynoLifecycle: Sendable, Equatable {
    /// What makes a dyno be up, and what its end means.
    package enum Kind: Sendable, Equatable {
        /// Up when it listens on its port; its end is a crash.
        case web
        /// Up when it runs; its end is a crash.
        case worker
        /// Up when it runs; complete when it ends.
        case oneOff
    }

    package enum State: Sendable, Equatable, CaseIterable {
        case down, starting, up, stopping, crashed, complete
    }

    package enum Event: Sendable, Equatable {
        case startAsked
        case launched
        case launchFailed
        case bound
        case bootTimedOut
        case stopAsked
        case stopTimedOut
        case ended(Ending)
    }

    package enum Effect: Sendable, Equatable {
        case launch
        case startBootTimer
        case cancelBootTimer
        /// It started correctly: the count of crashes begins anew.
        case forgetCrashes
        case addToRouter
        case removeFromRouter
        /// SIGTERM to every process.
        case terminate
        case startStopTimer
        case cancelStopTimer
        /// SIGKILL to every process.
        case kill
        case report(RuntimeFault)
        case scheduleRestart
    }

    package let kind: Kind
    package private(set) var state: State

    package init(_ kind: Kind, state: State = .down) {
        self.kind = kind
        self.state = state
    }

    package mutating func receive(_ event: Event) -> [Effect] {
        switch (state, event) {
        case (.down, .startAsked), (.crashed, .startAsked):
            state = .starting
            return [.launch]

        case (.starting, .launched):
            guard kind != .web else { return [.startBootTimer] }
            state = .up
            return [.forgetCrashes]
        case (.starting, .bound):
            guard kind == .web else { return [] }
            state = .up
            return [.cancelBootTimer, .forgetCrashes, .addToRouter]

        case (.starting, .launchFailed):
            return crash(after: [.report(.platformError)])
        case (.starting, .bootTimedOut):
            return crash(after: [.report(.bootTimeout), .kill])
        case (.starting, .ended):
            return finish(after: kind == .web ? [.cancelBootTimer] : [])
        case (.up, .ended):
            return finish(after: kind == .web ? [.removeFromRouter] : [])

        case (.starting, .stopAsked):
            state = .stopping
            return (kind == .web ? [.cancelBootTimer] : []) + [.terminate, .startStopTimer]
        case (.up, .stopAsked):
            state = .stopping
            return (kind == .web ? [.removeFromRouter] : []) + [.terminate, .startStopTimer]
        case (.crashed, .stopAsked):
            state = .down
            return []

        case (.stopping, .launched):
            // It came to life after it was told to go.
            return [.terminate]
        case (.stopping, .launchFailed):
            state = .down
            return [.cancelStopTimer]
        case (.stopping, .stopTimedOut):
            return [.report(.exitTimeout), .kill]
        case (.stopping, .ended):
            state = kind == .oneOff ? .complete : .down
            return [.cancelStopTimer]

        // News that arrives too late to matter: timers that lost their race, a second request, a process that is
        // known to have gone.
        case (.down, .launched), (.down, .launchFailed), (.down, .bound), (.down, .bootTimedOut), (.down, .stopAsked),
            (.down, .stopTimedOut), (.down, .ended),
            (.starting, .startAsked), (.starting, .stopTimedOut),
            (.up, .startAsked), (.up, .launched), (.up, .launchFailed), (.up, .bound), (.up, .bootTimedOut),
            (.up, .stopTimedOut),
            (.stopping, .startAsked), (.stopping, .bound), (.stopping, .bootTimedOut), (.stopping, .stopAsked),
            (.crashed, .launched), (.crashed, .launchFailed), (.crashed, .bound), (.crashed, .bootTimedOut),
            (.crashed, .stopTimedOut), (.crashed, .ended),
            (.complete, .startAsked), (.complete, .launched), (.complete, .launchFailed), (.complete, .bound),
            (.complete, .bootTimedOut), (.complete, .stopAsked), (.complete, .stopTimedOut), (.complete, .ended):
            return []
        }
    }

    private mutating func finish(after effects: [Effect]) -> [Effect] {
        guard kind == .oneOff else { return crash(after: effects) }
        state = .complete
        return effects
    }

    private mutating func crash(after effects: [Effect]) -> [Effect] {
        state = .crashed
        return kind == .oneOff ? effects : effects + [.scheduleRestart]
    }
}
