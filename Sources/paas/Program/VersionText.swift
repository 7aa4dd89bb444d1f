import APISchema

/// What `paas version` prints: `paas/0.1.0 linux-x64`.
enum VersionText {
    static var line: String { "paas/\(PlatformVersion.current) \(system)" }

    private static var system: String {
        #if os(Linux)
            let name = "linux"
        #else
            let name = "darwin"
        #endif
        #if arch(x86_64)
            return "\(name)-x64"
        #else
            return "\(name)-arm64"
        #endif
    }
}
