#if canImport(Glibc)
    internal import Glibc
#endif

/// The one argument of `paas-dyno`. A fork of it cannot get another one, so there is room in it for what is to stand there:
/// the run folder, by which others find whose process it is.
enum ShimTitle {
    private static let room = 1024

    /// The argument of the process that forks shims.
    static var nursery: String { "nursery" + String(repeating: " ", count: room - 7) }

    /// Whether this process was started with ``nursery``. Looks at it in place: every shim would have a copy of a string.
    static var isNursery: Bool {
        guard CommandLine.argc == 2, let place = CommandLine.unsafeArgv[1] else { return false }
        return strncmp(place, "nursery ", 8) == 0 && strlen(place) == room
    }

    /// Takes the blanks off; before the first fork, and once.
    static func shorten() { fill("nursery") }

    static func show(_ folder: RunFolder) { fill(folder.path) }

    private static func fill(_ text: String) {
        guard let place = CommandLine.unsafeArgv[1] else { return }
        memset(place, 0, room)
        // The last byte stays the end of the text.
        _ = text.withCString { strncpy(place, $0, room - 1) }
    }
}
