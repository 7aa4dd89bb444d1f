import Console
import Posix

/// A home whose disk has no room left.
enum FullDisk {
    /// Less than this, and not even an empty database fits.
    private static let leastBytes: Int64 = 1 << 20

    /// - Parameter error: what failed; without one, the room that is left decides.
    /// - Returns: `nil` when it is not the disk.
    static func failure(at folder: String, _ error: PosixError? = nil) -> Failure? {
        let free = free(at: folder)
        guard error?.isNoSpace ?? free.map({ $0 < leastBytes }) ?? false else { return nil }
        let left = free.map { " (\($0 >> 10) KB are free)" } ?? ""
        return Failure(
            "Couldn't start the platform: no space left on the disk of \(folder)\(left).",
            mend: ["df -h \(folder)", "Set PAAS_HOME to a folder on a disk with room"])
    }

    /// Of the nearest folder that exists.
    private static func free(at folder: String) -> Int64? {
        if let free = try? FileTree.freeBytes(at: folder) { return free }
        guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { return nil }
        return free(at: String(folder[..<slash]))
    }
}
