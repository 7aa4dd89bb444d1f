import Posix

/// A program of this machine, found on the person's path.
enum MachineProgram {
    static func path(of name: String) -> String? { Subprocess.find(name, path: Environment["PATH"] ?? "") }

    /// Runs it; the first line of what it printed, `nil` when it is missing or fails.
    static func firstLine(_ name: String, _ arguments: [String]) -> String? {
        guard let path = path(of: name),
            let result = try? Subprocess.capture(path, arguments: arguments, environment: Environment.all),
            result.end.isSuccess
        else { return nil }
        return String(decoding: result.output, as: UTF8.self).split(separator: "\n").first.map(String.init)
    }
}
