import Posix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An ordinary user of this machine, made for one test.
package struct Account: Sendable {
    package let name: String
    package let uid: UInt32
    package let gid: UInt32

    /// Whether this process may make users.
    package static var canBeMade: Bool { geteuid() == 0 }

    /// Makes the user, lends it, and takes it away again.
    package static func with<Result>(_ body: (Account) async throws -> Result) async throws -> Result {
        let name = "paastest\(getpid() % 10_000)x\(UInt16.random(in: 0..<1000))"
        try await root("useradd", ["--user-group", "--no-create-home", "--shell", "/bin/sh", name])
        do {
            guard let entry = getpwnam(name)?.pointee else { throw PosixError(ENOENT, "getpwnam \(name)") }
            let result = try await body(Account(name: name, uid: entry.pw_uid, gid: entry.pw_gid))
            try await root("userdel", [name])
            return result
        } catch {
            try? await root("userdel", [name])  // The first failure is the one to tell.
            throw error
        }
    }

    private static func root(_ program: String, _ arguments: [String]) async throws {
        let command = Command(
            [program] + arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], folder: "/")
        let outcome = try await command.run()
        guard outcome.succeeded else { throw Failure(description: outcome.description) }
    }

    struct Failure: Error, CustomStringConvertible { let description: String }
}
