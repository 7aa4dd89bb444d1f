/// Which edition of the platform a program belongs to. CLI and daemon tell each other in the header
/// ``headerName`` of every request and answer.
package struct PlatformVersion: Sendable, Comparable, CustomStringConvertible {
    /// Of this build.
    package static let current = PlatformVersion(0, 1, 0)
    /// Grows when daemon and CLI of different versions no longer understand each other.
    package static let protocolNumber = 1
    package static let headerName = "Paas-Version"

    private let parts: [Int]

    package init(_ major: Int, _ minor: Int, _ patch: Int) { parts = [major, minor, patch] }

    /// - Returns: `nil` unless `text` is three numbers with dots between them.
    package init?(_ text: String) {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 3 else { return nil }
        parts = numbers.compactMap(\.self)
        guard parts.count == 3 else { return nil }
    }

    package var description: String { parts.map(String.init).joined(separator: ".") }

    package static func < (left: Self, right: Self) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }
}
