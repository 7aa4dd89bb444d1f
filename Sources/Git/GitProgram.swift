internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The machine's own git, for what libgit2 does not do.
enum GitProgram {
    private static let searchPath =
        getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"

    /// `nil` where there is none on PATH.
    static var path: String? { Subprocess.find("git", path: searchPath) }

    /// Nothing of the daemon's own surroundings but what finds programs, keys and certificates; a daemon that was
    /// started from a hook has variables of that push, which would lead git astray.
    static var environment: [String: String] {
        var environment = ["PATH": searchPath, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"]
        let kept = [
            "HOME", "USER", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy",
            "https_proxy", "no_proxy", "SSL_CERT_FILE", "GIT_SSL_CAINFO",
        ]
        for name in kept {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }
}
