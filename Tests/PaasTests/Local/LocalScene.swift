import Posix
import TestSupport

/// A folder with an app in it, where the real `paas local` is run.
struct LocalScene: Sendable {
    let folder: String
    let port: UInt16

    static func with(_ files: [String: String], _ body: (LocalScene) async throws -> Void) async throws {
        let folder = try Scratch.folder("paas-local")
        defer { try? FileTree.remove(folder) }
        try Scratch.write(files, in: folder)
        let scene = LocalScene(folder: folder, port: try FreePort.find())
        do {
            try await body(scene)
        } catch {
            scene.tidyUp()
            throw error
        }
        scene.tidyUp()
    }

    /// `paas` in this folder; every process below it carries the folder's path in its environment.
    func command(_ words: [String], environment: [String: String] = [:]) throws -> Command {
        var command = Command(
            [try PaasProgram.path()] + words,
            environment: ["PATH": Programs.systemPath, "HOME": folder, "PAAS_HOME": folder, "SCENE": folder].merging(
                environment
            ) { $1 }, folder: folder)
        command.limit = .seconds(40)
        return command
    }

    func paas(_ words: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await command(words, environment: environment).run()
    }

    /// `paas local` on a port of this scene.
    func start(_ words: String...) throws -> RunningCommand { try command(["local", "-p", "\(port)"] + words).start() }

    // MARK: Processes

    /// The processes of this scene that live, as `PID WORDS`.
    var living: [String] {
        let names = (try? FileTree.names(in: "/proc")) ?? []
        return names.compactMap(Int32.init).compactMap { pid in
            guard text("/proc/\(pid)/environ").contains("SCENE=\(folder)") else { return nil }
            return "\(pid) \(text("/proc/\(pid)/cmdline"))"
        }
    }

    /// Waits until no process of this scene is left.
    ///
    /// - Returns: those that still are after a while.
    func leavings() async throws -> [String] {
        for _ in 0..<200 {
            if living.isEmpty { return [] }
            try await Task.sleep(for: .milliseconds(50))
        }
        return living
    }

    func parent(of pid: Int32) -> Int32? {
        let fields = text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 1 ? Int32(fields[1]) : nil
    }

    private func tidyUp() { for line in living { Subprocess.signal(Int32(line.prefix { $0 != " " }) ?? 0, 9) } }

    private func text(_ path: String) -> String {
        guard let bytes = try? FileTree.read(path) else { return "" }
        return String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }
}

extension String {
    /// With `TIME` where a time of day stands, and `PORT` for a port.
    func timeless(_ scene: LocalScene? = nil) -> String {
        let text = replacing(/[0-9]{1,2}:[0-9]{2}:[0-9]{2} [AP]M/, with: "TIME")
        guard let scene else { return text }
        return text.replacing("\(scene.port)", with: "PORT").replacing("\(scene.port + 100)", with: "PORT+100")
    }
}
