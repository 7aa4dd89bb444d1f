internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What this process was started with.
package enum Environment {
    /// The variable's value; `nil` when it is not set.
    package static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// As ``subscript(_:)``, but an empty value counts as not set.
    package static func nonEmpty(_ name: String) -> String? { Self[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// All variables.
    package static var all: [String: String] {
        guard let list = cpx_environment() else { return [:] }
        var variables: [String: String] = [:]
        var index = 0
        while let entry = list[index] {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            index += 1
        }
        return variables
    }

    /// The folder this process stands in; `nil` when that has been removed, or may not be looked up.
    package static var folder: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    package static func enter(_ folder: String) throws(PosixError) { try posix(chdir(folder), "chdir \(folder)") }

    /// The path without symbolic links; `nil` when something on it does not exist.
    package static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Where the program that runs is, links resolved.
    package static var executable: String? {
        #if os(Linux)
            realPath("/proc/self/exe")
        #else
            CommandLine.arguments.first.flatMap(realPath)
        #endif
    }

    package static var userID: UInt32 { getuid() }
    package static var processID: Int32 { getpid() }

    /// Blocks this thread until another one ends the process; signals are handled meanwhile.
    package static func waitForExit() -> Never { while true { pause() } }

    /// Ends the process at once; output that was written is kept.
    package static func exit(_ code: Int32) -> Never { _exit(code) }
}
