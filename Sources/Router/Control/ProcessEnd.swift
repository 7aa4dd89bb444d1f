internal import Synchronization

/// Whether a process has ended, told by the thread that waits for it.
final class ProcessEnd: Sendable {
    private let flag = Atomic(false)

    func set() { flag.store(true, ordering: .releasing) }
    var hasCome: Bool { flag.load(ordering: .acquiring) }
}

/// Carries what was already received into the task that reads on.
final class PendingInput: @unchecked Sendable {  // Handed from one owner to the next, never shared.
    private var input: ControlInput

    init(_ input: consuming ControlInput) { self.input = input }

    func take() -> ControlInput {
        var taken = ControlInput()
        swap(&taken, &input)
        return taken
    }
}
