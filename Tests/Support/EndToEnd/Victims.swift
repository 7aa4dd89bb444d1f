import Posix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whom a test kills.
package enum Victim: String, CaseIterable, Sendable {
    case daemon, router, shim
    /// The app's own process.
    case app
    /// Everything of the platform that is not a dyno's.
    case everythingButDynos
    /// As a power cut does.
    case everything

    /// Whether the platform needs a command to come back.
    package var takesDaemon: Bool { [.daemon, .everythingButDynos, .everything].contains(self) }
}

extension TestPlatform {
    /// Kills with SIGKILL what lives of it at this moment, all at once, and tells whom.
    @discardableResult
    package func kill(_ victim: Victim) -> [Int32] {
        let victims = processes(of: victim)
        for process in victims { _ = systemKill(process, SIGKILL) }
        return victims
    }

    /// The processes of this platform that live now; for a shim or an app's process only one of them.
    package func processes(of victim: Victim) -> [Int32] {
        let all = Process.all()
        func named(_ name: String, _ argument: String) -> [Process] {
            all.filter { $0.words.first?.hasSuffix("/\(name)") ?? false && $0.words.dropFirst().contains(argument) }
        }
        let daemons = named("paasd", home).map(\.id)
        let routers = named("paas-router", "\(home)/run/router.sock").map(\.id)
        let dynos = all.filter { process in
            process.words.count == 2 && process.words[0].hasSuffix("/paas-dyno")
                && process.words[1].hasPrefix("\(home)/run/dynos/")
        }
        // The first process of a dyno is a fork of its shim.
        let shims = dynos.filter { process in !dynos.contains { $0.id == process.parent } }
        let firsts = dynos.filter { process in dynos.contains { $0.id == process.parent } }
        let apps = all.filter { process in firsts.contains { $0.id == process.parent } }
        switch victim {
        case .daemon: return daemons
        case .router: return routers
        case .shim: return Array(shims.map(\.id).prefix(1))
        case .app: return Array(apps.map(\.id).prefix(1))
        case .everythingButDynos: return daemons + routers
        case .everything: return daemons + routers + dynos.map(\.id) + apps.map(\.id)
        }
    }

    /// How many dynos there are.
    package var shims: Int {
        let folder = "\(home)/run/dynos/"
        let dynos = Process.all().filter { $0.words.count == 2 && $0.words[1].hasPrefix(folder) }
        return dynos.filter { process in !dynos.contains { $0.id == process.parent } }.count
    }

    /// Whether a process with that among its words lives anywhere on this machine.
    package static func lives(_ word: String) -> Bool { Process.all().contains { $0.words.contains(word) } }

    private func systemKill(_ process: Int32, _ signal: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(process, signal)
        #else
            Darwin.kill(process, signal)
        #endif
    }
}

/// A process of this machine as /proc shows it.
private struct Process {
    let id: Int32
    let parent: Int32
    let words: [String]

    static func all() -> [Process] {
        ((try? FileTree.names(in: "/proc")) ?? []).compactMap { name in
            guard let id = Int32(name), let status = try? FileTree.readText("/proc/\(name)/stat"),
                let close = status.lastIndex(of: ")"),
                let parent = status[close...].split(separator: " ").dropFirst(2).first.flatMap({ Int32($0) }),
                let line = try? FileTree.read("/proc/\(name)/cmdline")
            else { return nil }
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return Process(id: id, parent: parent, words: words)
        }
    }
}

/// Waits for a fact that no event announces.
package func eventually(_ isTrue: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<1500 {
        if try await isTrue() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
