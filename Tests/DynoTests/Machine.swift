import Dyno
import Model
import Posix
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A home in a scratch folder with a host of dynos, for one test.
final class Machine: Sendable {
    let home: String
    let host: DynoHost
    let level: SandboxLevel
    private let reactor: Reactor
    private let pool = BlockingPool()

    private let adjust: @Sendable (inout DynoHost.Settings) -> Void

    init(
        _ level: SandboxLevel = .l0, ports: ClosedRange<UInt16> = 20_000...29_999, home: String? = nil,
        adjust: @escaping @Sendable (inout DynoHost.Settings) -> Void = { _ in }
    ) throws {
        self.adjust = adjust
        self.level = level
        self.home = try home ?? Scratch.make()
        Watchdog.watch(self.home)
        reactor = try Reactor()
        host = Self.host(self.home, level, reactor, pool, ports, adjust)
    }

    /// A second host over the same home, as a daemon that comes after another.
    func successor() -> DynoHost { Self.host(home, level, reactor, pool, 20_000...29_999, adjust) }

    private static func host(
        _ home: String, _ level: SandboxLevel, _ reactor: Reactor, _ pool: BlockingPool, _ ports: ClosedRange<UInt16>,
        _ adjust: (inout DynoHost.Settings) -> Void
    ) -> DynoHost {
        var settings = DynoHost.Settings(
            runFolder: "\(home)/run", shimProgram: Built.program("paas-dyno"), homeFolder: home, forcedLevel: level,
            ports: ports, userFolder: "\(home)/users")
        adjust(&settings)
        return DynoHost(settings, reactor: reactor, pool: pool)
    }

    /// A layer of a slug with these files.
    func layer(_ name: String, _ files: [String: String] = [:]) throws -> String {
        let folder = "\(home)/slugs/\(name)"
        try FileTree.makeFolder(folder, mode: 0o755)
        for (path, text) in files {
            let full = "\(folder)/\(path)"
            if let slash = full.lastIndex(of: "/") { try FileTree.makeFolder(String(full[..<slash]), mode: 0o755) }
            try FileTree.write(Array(text.utf8), to: full, mode: 0o644)
        }
        return folder
    }

    func spec(
        _ command: String, layers: [String] = [], environment: [String: String] = [:], wantsPort: Bool = false,
        streams: DynoSpec.Streams = .logged, size: DynoSize = .basic, logsMetrics: Bool = false,
        tags: [String: String] = [:]
    ) throws -> DynoSpec {
        DynoSpec(
            app: AppID(), appOrdinal: 7, name: try #require(DynoName("web.1")), content: .slug(layers: layers),
            command: command, environment: environment, wantsPort: wantsPort, streams: streams, size: size,
            logsMetrics: logsMetrics, tags: tags)
    }

    /// Runs a command to its end.
    func output(of spec: DynoSpec) async throws -> Transcript {
        let dyno = try await host.start(spec)
        let transcript = await Transcript(dyno.events(from: 0))
        await dyno.release()
        return transcript
    }

    func run(_ command: String, layers: [String] = [], environment: [String: String] = [:]) async throws -> Transcript {
        try await output(of: spec(command, layers: layers, environment: environment))
    }

    /// Ends what runs and removes the home; call it last.
    func leave() async throws {
        await host.removeEverything()
        try FileTree.remove(home)
        Watchdog.forget(home)
    }
}

/// Everything that a dyno did.
struct Transcript: Sendable {
    private(set) var events: [DynoEvent] = []

    init(_ stream: AsyncStream<DynoEvent>) async { for await event in stream { events.append(event) } }

    var lines: [String] {
        events.compactMap {
            if case .line(let message, _, _) = $0 { String(decoding: message, as: UTF8.self) } else { nil }
        }
    }
    var text: String { lines.joined(separator: "\n") }
    var notes: [String] { events.compactMap { if case .note(let text) = $0 { text } else { nil } } }
    var ending: Ending? { if case .ended(let ending) = events.last { ending } else { nil } }
    var dropped: UInt64 { events.reduce(0) { if case .dropped(let bytes) = $1 { $0 + bytes } else { $0 } } }
}

enum Scratch {
    static func make() throws -> String {
        var template = Array("/tmp/paas-dyno-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PosixError.last("mkdtemp") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The programs that the package builds, beside the tests.
enum Built {
    static func program(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let folders = [own, CommandLine.arguments[0], #filePath + "/../../../.build/debug/x"].map { path in
            String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        }
        return folders.map { "\($0)/\(name)" }.first { FileTree.exists($0) } ?? "\(name) was not built"
    }
}

extension Trait where Self == ConditionTrait {
    /// Namespaces without further ado; only root has them everywhere.
    static var needsRoot: Self { .enabled("needs root") { geteuid() == 0 } }
}

extension SandboxLevel {
    /// Every level that the user of this test may force.
    static var possible: [SandboxLevel] { allCases.filter { $0 != .l0 || geteuid() == 0 } }
    static var best: SandboxLevel { geteuid() == 0 ? .l0 : .l1 }
}

/// Waits for a fact that no event announces.
func eventually(within seconds: Int = 5, _ isTrue: () throws -> Bool) async throws -> Bool {
    for _ in 0..<seconds * 100 {
        if try isTrue() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
